import { ClxError } from "../domain/errors.ts";
import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates, type WorkerState } from "../domain/worker-state.ts";
import type { TaskStore } from "../store/task-store.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { type CleanedUp, cleanUpWorkers } from "./clean-up-workers.ts";
import { type EngineParams, LibraryEngine } from "./library-engine.ts";
import type { WorkerConfig } from "./worker-config.ts";

export interface WorkerPoolManagerParams extends EngineParams {
  readonly workerConfigs: readonly WorkerConfig[];
  /** Told of what went wrong and is tried again. */
  readonly onError?: (error: unknown) => void;
}

export interface StartPoolsParams {
  /** The workers live on when this process ends. */
  readonly persistent?: boolean;
  /** So many of each type, in the order of the configurations, instead of what they say. */
  readonly counts?: readonly number[];
}

/** How many workers of a type there are in each state, and what waits for them. */
export interface TypeStats {
  readonly workerType: string;
  readonly workers: Readonly<Partial<Record<WorkerState, number>>>;
  readonly pendingTasks: number;
  readonly runningTasks: number;
}

/**
 * Keeps a pool of workers for each configuration, for as long as this process wants them.
 *
 * The workers leave when this process ends, however it does; what they were doing is given back.
 */
export class WorkerPoolManager {
  readonly #params: WorkerPoolManagerParams;
  readonly #engine: LibraryEngine;
  #supervisor: Supervisor | undefined;

  constructor(params: WorkerPoolManagerParams) {
    this.#params = params;
    this.#engine = new LibraryEngine(params);
  }

  /** The store of this manager, for submitting and looking; closed by `stopPools`. */
  store(): Promise<TaskStore> {
    return this.#engine.store();
  }

  /**
   * Resolves once all workers are ready. Harmless when they are.
   *
   * @throws ClxError `worker_start_failed` or `admission_refused` when a pool has no worker at all
   */
  async startPools(params: StartPoolsParams = {}): Promise<readonly Worker[]> {
    if (!this.#supervisor) {
      this.#supervisor = await this.#makeSupervisor(params);
      await this.#supervisor.start();
    }
    await this.#supervisor.whenSettled();
    try {
      return await this.#workersOrWhyNot(this.#supervisor);
    } catch (error) {
      await this.stopPools();
      throw error;
    }
  }

  /** Ends the workers (persistent ones go on) and lets go of the store. */
  async stopPools(params: { readonly graceMs?: number } = {}): Promise<void> {
    const supervisor = this.#supervisor;
    this.#supervisor = undefined;
    try {
      await supervisor?.stop({ ...params, leavePersistent: true });
    } finally {
      await this.#engine.close();
    }
  }

  /** Ends orphaned and hung workers, gives their tasks back, and removes dead rows. */
  async cleanupStaleWorkers(): Promise<CleanedUp> {
    return await cleanUpWorkers({ store: await this.store(), all: false, now: Date.now });
  }

  async stats(): Promise<readonly TypeStats[]> {
    const store = await this.store();
    const workers = await store.listWorkers({});
    const tasks = await store.countTasks({});
    const count = (type: string, state: string) =>
      tasks
        .filter((row) => row.type === type && row.state === state)
        .reduce((sum, row) => sum + row.count, 0);
    return this.#params.workerConfigs.map(({ workerType }) => ({
      workerType,
      workers: countByState(workers.filter(({ type }) => type === workerType)),
      pendingTasks: count(workerType, "pending"),
      runningTasks: count(workerType, "running"),
    }));
  }

  async #makeSupervisor({ persistent = false, counts }: StartPoolsParams): Promise<Supervisor> {
    const { workerConfigs, onError } = this.#params;
    const pools = workerConfigs.map((config, at) =>
      this.#engine.poolOf(config, { persistent, count: counts?.[at] ?? config.count }),
    );
    return new Supervisor({
      store: await this.store(),
      executors: this.#engine.executors,
      pools,
      link: { kind: "store", path: this.#engine.dbPath },
      ...this.#engine.folders,
      ...(onError && { onError }),
    });
  }

  async #workersOrWhyNot(supervisor: Supervisor): Promise<readonly Worker[]> {
    const { pools } = await supervisor.status();
    for (const { wanted, ready, gaveUp, refused, spec } of pools) {
      if (wanted === 0 || ready > 0) continue;
      if (refused) throw new ClxError("admission_refused", refused.message);
      const why = gaveUp ?? "its workers have ended";
      throw new ClxError("worker_start_failed", `there are no ${spec.type} workers: ${why}`);
    }
    const ids = new Set(pools.flatMap(({ workers }) => workers.map(({ id }) => id)));
    const live = await (await this.store()).listWorkers({ states: liveWorkerStates });
    return live.filter(({ id }) => ids.has(id));
  }
}

function countByState(workers: readonly Worker[]): Partial<Record<WorkerState, number>> {
  const counts: Partial<Record<WorkerState, number>> = {};
  for (const { state } of workers) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
