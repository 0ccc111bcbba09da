import { type Config, lookUp, lookUpForType } from "./config.ts";
import { knownTypes } from "./pool-settings.ts";

/** Whether workers in containers may open the database themselves. */
export function sharesDatabase(config: Config): boolean {
  if (lookUp(config, "workers.docker_link").value !== "database") return false;
  return knownTypes(config).some((type) => {
    const { value } = lookUpForType(config, type, "execution_mode");
    return value === "docker" || value === "auto";
  });
}
