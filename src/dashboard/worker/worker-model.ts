import type { LoggedEvent } from "../../domain/event.ts";
import type { Attempt, Task } from "../../domain/task.ts";
import type { Viewer } from "../page.ts";
import type { Curves, ShownWorker } from "../workers/workers-model.ts";

export interface WorkerModel extends ShownWorker {
  readonly now: number;
  readonly viewer: Viewer;
  /** Of the last hour, a point a minute. */
  readonly hour?: Curves;
  /** The latest first. */
  readonly events: readonly LoggedEvent[];
  readonly past: readonly PastTask[];
  /** Its row has ended, and its processes are still being ended. */
  readonly isBeingEnded: boolean;
  /** Its processes now, each after its parent; absent when they cannot be seen from here. */
  readonly processes?: readonly TreeProcess[];
  readonly log: { readonly text: string; readonly size: number };
}

export interface PastTask {
  readonly task: Task;
  /** Those that this worker made. */
  readonly attempts: readonly Attempt[];
}

export interface TreeProcess {
  readonly pid: number;
  readonly depth: number;
  /** Of its program. */
  readonly name?: string;
  readonly memory: number;
  readonly cpuMs: number;
}
