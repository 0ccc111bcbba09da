import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { ProcessIdentity } from "../../domain/worker.ts";
import type { DatabaseIdentity } from "../../machine/database-identity.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";

/**
 * What `.clx/worker-state.json` says: which supervisor keeps the persistent workers of a
 * project, and on which database. It is written by that supervisor, and a hint only: whoever
 * reads it looks whether the process still runs and the database is still in its place.
 */
export interface ServicesState {
  readonly clxVersion: string;
  readonly supervisor: ProcessIdentity;
  readonly startedAt: number;
  readonly database: DatabaseIdentity;
  readonly pools: readonly RecordedPool[];
  readonly logPath: string;
}

/** What somebody could have changed in the configuration since. */
export type RecordedPool = Pick<
  PoolSpec,
  "type" | "mode" | "count" | "concurrency" | "queue" | "memoryLimit" | "expectedMemory" | "handler"
> & { readonly configSource: string };

export const stateFile = "worker-state.json";

export function recordPool(spec: PoolSpec): RecordedPool {
  const { type, mode, count, concurrency, queue, expectedMemory, handler, configSource } = spec;
  const limit = spec.memoryLimit === undefined ? {} : { memoryLimit: spec.memoryLimit };
  return { type, mode, count, concurrency, queue, expectedMemory, ...limit, handler, configSource };
}

/** `undefined` when there is none, or none of ours: a broken one must not stand in the way. */
export function readServicesState(path: string): ServicesState | undefined {
  try {
    return stateOf(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** Whole or not at all, for this user's eyes only. */
export function writeServicesState(path: string, state: ServicesState): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(documentOf(state), undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Removes the file if it still speaks of that supervisor. */
export function removeServicesState(path: string, supervisor: ProcessIdentity): boolean {
  const state = readServicesState(path);
  if (state === undefined || !isSameProcess(state.supervisor, supervisor)) return false;
  rmSync(path, { force: true });
  return true;
}

export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt && a.host === b.host;
}

const format = 1;

function documentOf({ supervisor, database, pools, ...state }: ServicesState) {
  return {
    format,
    clx_version: state.clxVersion,
    started_at: new Date(state.startedAt).toISOString(),
    supervisor: { pid: supervisor.pid, started: supervisor.startedAt, host: supervisor.host },
    database: { path: database.path, file: database.file },
    log_path: state.logPath,
    pools: pools.map((pool) => ({
      type: pool.type,
      mode: pool.mode,
      count: pool.count,
      concurrency: pool.concurrency,
      queue: pool.queue,
      expected_memory: pool.expectedMemory,
      memory_limit: pool.memoryLimit ?? null,
      handler: pool.handler,
      config_source: pool.configSource,
    })),
  };
}

type Document = ReturnType<typeof documentOf>;

function stateOf(document: Document): ServicesState | undefined {
  const { supervisor, database, pools } = document;
  if (document.format !== format) return undefined;
  return {
    clxVersion: document.clx_version,
    startedAt: Date.parse(document.started_at),
    supervisor: { pid: supervisor.pid, startedAt: supervisor.started, host: supervisor.host },
    database: { path: database.path, file: database.file },
    logPath: document.log_path,
    pools: pools.map((pool) => ({
      type: pool.type,
      mode: pool.mode,
      count: pool.count,
      concurrency: pool.concurrency,
      queue: pool.queue,
      expectedMemory: pool.expected_memory,
      ...(pool.memory_limit !== null && { memoryLimit: pool.memory_limit }),
      handler: pool.handler,
      configSource: pool.config_source,
    })),
  };
}
