import type { Config } from "../../config/config.ts";
import { resolveWorkerPolicy, type WorkerPolicy } from "../../config/worker-policy.ts";
import type { FolderGrant } from "../../domain/container.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import type { CommandContext } from "../command.ts";
import { possiblePool } from "./wanted-pool.ts";

/** What the configuration says for a command that needs workers. */
export interface RunSetup {
  readonly config: Config;
  readonly policy: WorkerPolicy;
  readonly poolFor: (type: string) => PoolSpec;
}

export interface RunSetupOptions {
  /** What containers may do with files of this machine; those of the project when left out. */
  readonly folders?: () => readonly FolderGrant[];
}

export function runSetupOf(
  { config, cwd }: Pick<CommandContext, "config" | "cwd">,
  options: RunSetupOptions = {},
): RunSetup {
  return {
    config,
    policy: resolveWorkerPolicy(config),
    poolFor: (type) => possiblePool({ config, type, persistent: false, cwd, ...options }),
  };
}
