import type { WorkerUsage } from "../domain/worker.ts";
import type { WorkerConfig } from "./worker-config.ts";

/** One way to run workers, one by one and without a pool: whoever starts one also stops it. */
export abstract class WorkerExecutor {
  abstract readonly executionMode: WorkerConfig["executionMode"];

  /** Registers and starts a worker, and resolves with its id; it gets ready in its own time. */
  abstract startWorker(config: WorkerConfig, index?: number): Promise<string>;

  /** Asks it to leave, ends its whole tree after `graceMs`. Harmless when it has ended. */
  abstract stopWorker(workerId: string, params?: { readonly graceMs?: number }): Promise<void>;

  abstract isWorkerRunning(workerId: string): Promise<boolean>;

  /** Of the worker's whole tree; `undefined` when it is gone. */
  abstract getWorkerStats(workerId: string): Promise<WorkerUsage | undefined>;

  /** Stops all that it has started, and lets go of everything. */
  abstract cleanup(): Promise<void>;
}
