import type { SupervisorOptions } from "../../supervisor/options.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";

/** All that a supervisor of services is told at its start, as JSON on its standard input. */
export interface ServicesOrder {
  readonly clxVersion: string;
  readonly databasePath: string;
  readonly statePath: string;
  /** The supervisor's own log; its stdout and stderr are appended to it. */
  readonly logPath: string;
  readonly pools: readonly PoolSpec[];
  /** What the configuration says to the supervisor: plain data. */
  readonly supervisor: ConfiguredSupervisor;
  /** How much its log says: "info" is all about workers, "debug" all about tasks too. */
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "pretty" | "json";
}

export type ConfiguredSupervisor = Pick<
  SupervisorOptions,
  | "link"
  | "logFolder"
  | "checkpointFolder"
  | "timing"
  | "startupParallel"
  | "silence"
  | "admission"
  | "cleanupAgeMs"
>;

/** What it answers while somebody listens: JSON, one object per line, on file descriptor 3. */
export type ServicesReport =
  /** Each worker has its row and its process, as far as the machine has room for it. */
  | {
      readonly kind: "registered";
      readonly workers: readonly ReportedWorker[];
      readonly pid: number;
    }
  | { readonly kind: "ready"; readonly workers: readonly ReportedWorker[] }
  /** A pool cannot have what it wants, for now or for good. */
  | { readonly kind: "trouble"; readonly message: string }
  /** Another supervisor of services was there first. */
  | { readonly kind: "superfluous"; readonly pid: number }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

export interface ReportedWorker {
  readonly id: string;
  readonly type: string;
  readonly mode: string;
  readonly configSource: string;
  /** It had been started by a supervisor before this one. */
  readonly adopted: boolean;
}

export const reportFd = 3;
