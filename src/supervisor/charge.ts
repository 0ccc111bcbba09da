import type { FailureKind } from "../domain/failure.ts";
import type { RunningWorker, WorkerExit } from "../executor/executor.ts";
import type { PoolState } from "./pool-state.ts";

/** A worker in our care, from before it is registered until it is buried. */
export interface Charge {
  readonly id: string;
  readonly pool: PoolState;
  readonly place: number;
  readonly logPath: string;
  /** On the monotonic clock. */
  readonly since: number;
  readonly adopted: boolean;
  phase: "starting" | "idle" | "busy";
  /** When it was first seen ready for work, on the monotonic clock. */
  readySince?: number;
  running?: RunningWorker;
  /** Why it is to end, once that is decided. */
  leaving?: Leaving;
  startupTimer?: NodeJS.Timeout;
  /** Set while it is being registered and started. */
  startup?: Promise<void>;
  startError?: Error;
  /** Aborted when it is to end before it has started. */
  readonly startGivenUp: AbortController;
  isBeingEnded: boolean;
  isReleased: boolean;
  /** Set from when its end was noticed, while its remains and its row are being ended. */
  burial?: Promise<void>;
  /** Set when that failed: it is tried again. */
  unburied?: WorkerExit;
}

export interface Leaving {
  /** `drained`: asked to finish and leave. `ended`: its row has ended, its process has not. */
  readonly kind: "drained" | "stopped" | "aborted" | "killed" | "ended";
  readonly why: string;
  /** What its tasks fail with; without it they are given back and the attempt does not count. */
  readonly failure?: FailureKind;
  /** Another one takes its place, under the restart policy. */
  readonly replace: boolean;
}
