import type { Config } from "../config/config.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { Clock } from "../supervisor/clock.ts";
import type { Gate } from "./gate/gate.ts";
import type { ServerSettings } from "./server-settings.ts";
import type { Feed } from "./stream/feed.ts";
import type { Workforce } from "./workforce/workforce.ts";

/** What the routes work with. Made once, when the server starts. */
export interface ServerContext {
  readonly store: TaskStore;
  readonly config: Config;
  readonly settings: ServerSettings;
  readonly gate: Gate;
  readonly workforce: Workforce;
  readonly feed: Feed;
  readonly clock: Clock;
  /** Of the whole server; aborted when it begins to shut down. New work is refused from then on. */
  readonly closing: AbortSignal;
  /** Why workers of that type could do nothing here, as things stand, and what to do about that. */
  readonly lackOf?: (type: string) => string | undefined;
  /** For what is nobody's answer: a line in the server's log. */
  readonly log: (level: "info" | "warn" | "error", message: string, facts?: object) => void;
}
