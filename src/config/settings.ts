import { parseWhole } from "./number.ts";

/**
 * What the environment says, checked. Everybody else is handed these values: this module and
 * its neighbours are the only readers of `process.env`.
 *
 * An absent value was not set; who uses it knows the default.
 */
export interface Settings {
  /** CLX_DB_PATH, else DB_PATH, as written. */
  readonly dbPath?: NamedValue;
  /** WORKER_MAX_COUNT: no more workers than this on the machine. */
  readonly maxWorkers?: number;
  /** WORKER_TASK_TIMEOUT, for tasks that name none; 0 means no limit. */
  readonly taskTimeoutMs: number;
  /** WORKER_STARTUP_TIMEOUT */
  readonly startupTimeoutMs: number;
  /** WORKER_HEARTBEAT_INTERVAL */
  readonly heartbeatMs?: number;
  /** WORKER_LOG_DIR */
  readonly logFolder?: string;
  /** WORKER_QUEUE_NAME */
  readonly queue: string;
  /** QUEUE_CONCURRENCY */
  readonly concurrency: number;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const defaults = { taskTimeoutS: 172_800, startupTimeoutS: 30, queue: "default", concurrency: 1 };

export function readSettings(env: Environment = process.env): Settings {
  const seconds = (name: string, atLeast: number) => readWhole(env, name, atLeast);
  const dbPath = named(env, "CLX_DB_PATH") ?? named(env, "DB_PATH");
  const maxWorkers = readWhole(env, "WORKER_MAX_COUNT", 1);
  const heartbeatS = seconds("WORKER_HEARTBEAT_INTERVAL", 1);
  const logFolder = named(env, "WORKER_LOG_DIR")?.value;
  return {
    ...(dbPath && { dbPath }),
    ...(maxWorkers !== undefined && { maxWorkers }),
    taskTimeoutMs: 1_000 * Math.max(0, seconds("WORKER_TASK_TIMEOUT", -1) ?? defaults.taskTimeoutS),
    startupTimeoutMs: 1_000 * (seconds("WORKER_STARTUP_TIMEOUT", 1) ?? defaults.startupTimeoutS),
    ...(heartbeatS !== undefined && { heartbeatMs: heartbeatS * 1_000 }),
    ...(logFolder !== undefined && { logFolder }),
    queue: named(env, "WORKER_QUEUE_NAME")?.value ?? defaults.queue,
    concurrency: readWhole(env, "QUEUE_CONCURRENCY", 1) ?? defaults.concurrency,
  };
}

/** An empty variable counts as not set. */
function named(env: Environment, name: string): NamedValue | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : { name, value };
}

function readWhole(env: Environment, name: string, atLeast: number): number | undefined {
  const found = named(env, name);
  return found && parseWhole(found.value, name, { atLeast });
}
