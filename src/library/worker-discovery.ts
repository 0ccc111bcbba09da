import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import { isHealthy } from "../lifecycle/able-workers.ts";
import type { ListWorkersParams, TaskStore } from "../store/task-store.ts";

/** Finds out which workers there are, whoever started them, and which of them are healthy. */
export class WorkerDiscovery {
  readonly #store: TaskStore;
  readonly #now: () => number;

  constructor({
    store,
    now = Date.now,
  }: { readonly store: TaskStore; readonly now?: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  /** Live workers, unless states are named. */
  discoverWorkers(params: ListWorkersParams = {}): Promise<readonly Worker[]> {
    return this.#store.listWorkers({ states: liveWorkerStates, ...params });
  }

  async countHealthyWorkers(type: string): Promise<number> {
    const workers = await this.discoverWorkers({ type });
    return workers.filter((worker) => this.isWorkerHealthy(worker)).length;
  }

  /** It is idle or busy, its lease has not lapsed, and its process is not known to be gone. */
  isWorkerHealthy(worker: Worker): boolean {
    return isHealthy(worker, this.#now());
  }
}
