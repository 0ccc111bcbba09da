import { ClxError } from "../domain/errors.ts";
import { newId } from "../domain/ids.ts";
import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates, type WorkerState } from "../domain/worker-state.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { KeptWorker, PoolStatus } from "../supervisor/status.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { changes } from "./changes.ts";
import { type CleanedUp, cleanUpWorkers } from "./clean-up-workers.ts";
import { type EngineParams, LibraryEngine } from "./library-engine.ts";
import { prepare } from "./make-executors.ts";
import { workerApiFor } from "./worker-api-for.ts";
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
    try {
      return await this.#readyWorkers(this.#supervisor);
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
    await prepare(this.#engine.executors, pools);
    return new Supervisor({
      store: await this.store(),
      executors: this.#engine.executors,
      pools,
      link: { kind: "store", path: this.#engine.dbPath },
      workerApi: workerApiFor(
        this.#engine.dbPath,
        persistent ? "services" : { run: newId(Date.now()) },
        pools.flatMap(({ container }) => container ?? []),
      ),
      ...this.#engine.folders,
      ...(onError && { onError }),
    });
  }

  /** Each pool has what it can have, and that is at least one worker if it wants any. */
  async #readyWorkers(supervisor: Supervisor): Promise<readonly Worker[]> {
    const store = await this.store();
    for await (const _ of changes(store)) {
      await supervisor.whenSettled();
      const live = await store.listWorkers({ states: liveWorkerStates });
      const { pools } = await supervisor.status();
      const ours = pools.map(({ workers }) => live.filter(({ id }) => isAmong(workers, id)));
      const bare = pools.filter(({ wanted }, at) => wanted > 0 && ours[at]?.length === 0);
      for (const pool of bare) refuseIfHopeless(pool);
      if (bare.length === 0) return ours.flat();
    }
    return [];
  }
}

function isAmong(workers: readonly KeptWorker[], id: string): boolean {
  return workers.some((worker) => worker.id === id);
}

function refuseIfHopeless({ refused, gaveUp, spec }: PoolStatus): void {
  if (refused) throw new ClxError("admission_refused", refused.message);
  if (!gaveUp) return;
  throw new ClxError("worker_start_failed", `there are no ${spec.type} workers: ${gaveUp}`);
}

function countByState(workers: readonly Worker[]): Partial<Record<WorkerState, number>> {
  const counts: Partial<Record<WorkerState, number>> = {};
  for (const { state } of workers) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
