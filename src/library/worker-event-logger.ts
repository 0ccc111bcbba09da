import type { EventType, LoggedEvent, NewEvent } from "../domain/event.ts";
import type { JsonValue } from "../domain/json.ts";
import type { Worker } from "../domain/worker.ts";
import type { ListEventsParams, TaskStore } from "../store/task-store.ts";

type Data = { readonly [key: string]: JsonValue };
type WorkerFacts = Pick<Worker, "id" | "type" | "mode"> & Partial<Worker>;

export interface PoolFacts {
  readonly workerType: string;
  readonly mode: string;
  readonly count: number;
  readonly configSource?: string;
}

/** Writes and reads the log of what happens to workers and pools. */
export class WorkerEventLogger {
  readonly #store: TaskStore;
  readonly #now: () => number;

  constructor({
    store,
    now = Date.now,
  }: { readonly store: TaskStore; readonly now?: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  logWorkerStarting(worker: WorkerFacts): Promise<void> {
    const { configSource } = worker;
    return this.#logWorker(
      "worker_starting",
      worker,
      undefined,
      configSource ? { configSource } : {},
    );
  }

  logWorkerRegistered(worker: WorkerFacts): Promise<void> {
    return this.#logWorker("worker_registered", worker);
  }

  logWorkerReady(worker: WorkerFacts): Promise<void> {
    return this.#logWorker("worker_ready", worker);
  }

  logWorkerStopping(worker: WorkerFacts, reason: string): Promise<void> {
    return this.#logWorker("worker_stopping", worker, reason, { reason });
  }

  logWorkerStopped(worker: WorkerFacts, reason: string): Promise<void> {
    const { tasksCompleted = 0, tasksFailed = 0, activatedAt } = worker;
    const uptimeMs = activatedAt === undefined ? 0 : this.#now() - activatedAt;
    const jobsProcessed = tasksCompleted + tasksFailed;
    return this.#logWorker("worker_stopped", worker, reason, { reason, jobsProcessed, uptimeMs });
  }

  logWorkerFailed(worker: WorkerFacts, reason: string): Promise<void> {
    return this.#logWorker("worker_failed", worker, reason, { reason });
  }

  logPoolStarting(pool: PoolFacts): Promise<void> {
    return this.#logPool("pool_starting", pool);
  }

  logPoolStarted(pool: PoolFacts): Promise<void> {
    return this.#logPool("pool_started", pool);
  }

  logPoolStopping(pool: PoolFacts): Promise<void> {
    return this.#logPool("pool_stopping", pool);
  }

  logPoolStopped(pool: PoolFacts): Promise<void> {
    return this.#logPool("pool_stopped", pool);
  }

  /** Oldest first, from after a cursor. */
  list(params: Partial<ListEventsParams> = {}): Promise<readonly LoggedEvent[]> {
    return this.#store.listEvents({ after: 0, limit: 1_000, ...params });
  }

  #logWorker(
    type: EventType,
    worker: WorkerFacts,
    message?: string,
    data: Data = {},
  ): Promise<void> {
    const { id: workerId, type: workerType, mode } = worker;
    const said = message === undefined ? {} : { message };
    return this.#append({ type, at: this.#now(), workerId, workerType, mode, ...said, data });
  }

  #logPool(type: EventType, { workerType, mode, count, configSource }: PoolFacts): Promise<void> {
    const data = { count, ...(configSource !== undefined && { configSource }) };
    return this.#append({ type, at: this.#now(), workerType, mode, data });
  }

  #append(event: NewEvent): Promise<void> {
    return this.#store.appendEvents({ events: [event] });
  }
}
