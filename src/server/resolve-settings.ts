import { type Config, lookUp } from "../config/config.ts";
import type { ServerSettings } from "./server-settings.ts";

/** What the configuration says to a server. */
export function resolveServerSettings(
  config: Config,
  given: { readonly databasePath: string; readonly version: string },
): ServerSettings {
  return {
    ...given,
    mode: lookUp(config, "server.mode").value,
    host: lookUp(config, "server.host").value,
    port: lookUp(config, "server.port").value,
    shutdownMs: lookUp(config, "server.shutdown_timeout").value,
    bodyLimit: lookUp(config, "server.body_limit").value,
    rateLimit: lookUp(config, "server.rate_limit").value,
    signInMs: lookUp(config, "server.sign_in_time").value,
    allowedFolders: lookUp(config, "server.allowed_folders").value ?? [],
    queue: lookUp(config, "workers.queue_name").value,
  };
}
