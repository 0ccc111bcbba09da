import { defaultTiming, type WorkerTiming } from "../domain/launch.ts";
import { type Config, lookUp } from "./config.ts";
import { type DatabasePlace, placeDatabase } from "./database-place.ts";
import { describeOrigin } from "./origin.ts";

/** What holds for the workers of all types. Times are milliseconds. */
export interface WorkerPolicy {
  readonly autoStart: boolean;
  readonly autoStop: boolean;
  readonly reuseWorkers: boolean;
  readonly startupParallel: number;
  readonly startupTimeoutMs: number;
  /** The cap for workers that are added by hand. */
  readonly maxWorkers: number;
  readonly timing: WorkerTiming;
  /** Absent: wherever the one who starts workers puts their logs. */
  readonly logFolder?: string;
  readonly queue: string;
  /** How long rows of workers that have ended are kept. */
  readonly cleanupAgeMs: number;
}

const beatsPerLease = 3;

export function resolveWorkerPolicy(config: Config): WorkerPolicy {
  const logFolder = lookUp(config, "workers.log_dir").value;
  const heartbeatMs = lookUp(config, "workers.heartbeat_interval").value;
  return {
    autoStart: lookUp(config, "workers.auto_start").value,
    autoStop: lookUp(config, "workers.auto_stop").value,
    reuseWorkers: lookUp(config, "workers.reuse_workers").value,
    startupParallel: lookUp(config, "workers.startup_parallel").value,
    startupTimeoutMs: lookUp(config, "workers.startup_timeout").value,
    maxWorkers: lookUp(config, "workers.max_workers").value,
    timing: { ...defaultTiming, heartbeatMs, leaseMs: beatsPerLease * heartbeatMs },
    queue: lookUp(config, "workers.queue_name").value,
    cleanupAgeMs: lookUp(config, "workers.cleanup_age").value,
    ...(logFolder !== undefined && { logFolder }),
  };
}

/** The database that the configuration names, else the project's. */
export function resolveDatabase(config: Config, cwd: string): DatabasePlace {
  const { value, origin } = lookUp(config, "db_path");
  if (value === undefined) return placeDatabase({ cwd });
  return placeDatabase({ cwd, named: { path: value, source: describeOrigin(origin) } });
}
