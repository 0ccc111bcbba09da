import { mkdirSync } from "node:fs";
import { type Config, lookUp, lookUpForType } from "../../config/config.ts";
import { describeOrigin } from "../../config/origin.ts";
import { type PoolSettings, resolvePool } from "../../config/pool-settings.ts";
import { resolveDatabase } from "../../config/worker-policy.ts";
import { toolFault } from "../../diagnosis/check-tools.ts";
import type { FolderGrant } from "../../domain/container.ts";
import { ClxError } from "../../domain/errors.ts";
import { configuredPool } from "../../library/configured-pool.ts";
import { workerApiFolder } from "../../machine/worker-api-folder.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import {
  courseFolders,
  foldersOfProgram,
  grant,
  joinGrants,
  projectFolders,
} from "./project-folders.ts";

export interface WantedPoolParams {
  readonly config: Config;
  readonly type: string;
  readonly persistent: boolean;
  readonly cwd: string;
  /** What its containers may do with files of this machine; those of the project when left out. */
  readonly folders?: () => readonly FolderGrant[];
}

/** The pool of a type that somebody named: it must have workers, and this version must run them. */
export function wantedPool(params: WantedPoolParams): PoolSpec {
  const pool = possiblePool(params);
  if (pool.count === 0) throw noCount(params.config, params.type);
  return pool;
}

/** The pool of a type, as this version can run it; its count may be 0. */
export function possiblePool({ config, type, folders, ...rest }: WantedPoolParams): PoolSpec {
  const settings = resolvePool(config, type);
  if (settings.mode !== "docker") {
    refuseWrongTool(settings);
    return configuredPool(settings, rest);
  }
  // First: it makes the folder of the database, which the others hide.
  const secret = secretFolder(config, rest.cwd);
  const granted = [
    ...(folders?.() ?? [...projectFolders(rest.cwd), ...courseFolders(type, rest.cwd)]),
    ...(lookUp(config, "workers.docker_workspace").value ?? []).flatMap((path) =>
      grant(path, "write"),
    ),
    ...secret,
  ];
  return configuredPool(settings, {
    ...rest,
    folders: joinGrants([...granted, ...foldersOfProgram(settings, granted)]),
  });
}

/** Before any worker is started: each of them would end over it. */
function refuseWrongTool(settings: PoolSettings): void {
  const fault = toolFault({ type: settings.type, settings }, process.env);
  if (fault !== undefined) throw new ClxError("invalid_value", fault);
}

/** What makes the tokens of workers, wherever the database is. */
function secretFolder(config: Config, cwd: string): readonly FolderGrant[] {
  const folder = workerApiFolder(resolveDatabase(config, cwd).path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return grant(folder, "hidden");
}

function noCount(config: Config, type: string): ClxError {
  const source = describeOrigin(lookUpForType(config, type, "count").origin);
  return new ClxError(
    "invalid_value",
    `the count of ${type} workers is 0 (${source}); say how many: --count 1`,
  );
}
