import type { Worker } from "../domain/worker.ts";
import { isLive, liveWorkerStates } from "../domain/worker-state.ts";
import { isAlive } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";
import { endRemains } from "../supervisor/recovery/end-remains.ts";
import { changes } from "./changes.ts";
import { type EngineParams, LibraryEngine } from "./library-engine.ts";
import type { WorkerConfig } from "./worker-config.ts";
import { WorkerDiscovery } from "./worker-discovery.ts";
import { WorkerPoolManager } from "./worker-pool-manager.ts";

export interface WorkerLifecycleParams extends EngineParams {
  readonly workerConfigs: readonly WorkerConfig[];
  /** Start workers when they are needed; true if absent. */
  readonly autoStart?: boolean;
  /** End at the end what was started; true if absent. */
  readonly autoStop?: boolean;
  /** Count healthy workers that are there already; true if absent. */
  readonly reuseWorkers?: boolean;
}

/**
 * Starts the workers that a piece of work needs, and stops them after it.
 *
 * Managed workers live as long as this process at most. Persistent ones go on after it; they are
 * kept by this process while it lives, and by the next supervisor with the same pools.
 */
export class WorkerLifecycleManager {
  readonly #params: WorkerLifecycleParams;
  #managed: WorkerPoolManager | undefined;
  #persistent: WorkerPoolManager | undefined;

  constructor(params: WorkerLifecycleParams) {
    this.#params = params;
  }

  /** Whether there are fewer healthy workers than wanted, and starting some is allowed. */
  async shouldStartWorkers(): Promise<boolean> {
    if (this.#params.autoStart === false) return false;
    return (await this.#missing()).some((count) => count > 0);
  }

  /** Starts those that are missing, and resolves with them once they are ready. */
  async startManagedWorkers(): Promise<readonly Worker[]> {
    if (this.#managed || !(await this.shouldStartWorkers())) return [];
    const counts = await this.#missing();
    this.#managed = new WorkerPoolManager(this.#params);
    return await this.#managed.startPools({ counts });
  }

  /** Ends those that were started, unless `autoStop` is off. */
  async stopManagedWorkers(): Promise<void> {
    if (this.#params.autoStop === false) return;
    const managed = this.#managed;
    this.#managed = undefined;
    await managed?.stopPools();
  }

  /** Resolves once they are ready. Ones of an earlier run that nobody keeps are taken over. */
  async startPersistentWorkers(): Promise<readonly Worker[]> {
    this.#persistent ??= new WorkerPoolManager(this.#params);
    return await this.#persistent.startPools({ persistent: true });
  }

  /**
   * Ends the persistent workers of the configured types, whoever started them; resolves with how
   * many. Tasks that still run after `graceMs` are given back.
   */
  async stopPersistentWorkers({ graceMs = 12_000 }: { readonly graceMs?: number } = {}) {
    await this.#persistent?.stopPools();
    this.#persistent = undefined;
    return await this.#withEngine(async (engine) => {
      const store = await engine.store();
      const workers = await persistentWorkers(store, this.#params.workerConfigs);
      for (const { process } of workers) askToLeave(process);
      await allEnded(store, workers, AbortSignal.timeout(graceMs));
      for (const { id } of workers) await endByForce(store, id, engine);
      return workers.length;
    });
  }

  /** How many of each configuration are wanted and not there. */
  async #missing(): Promise<readonly number[]> {
    const { workerConfigs, reuseWorkers = true } = this.#params;
    if (!reuseWorkers) return workerConfigs.map(({ count }) => count);
    return await this.#withEngine(async (engine) => {
      const discovery = new WorkerDiscovery({ store: await engine.store() });
      const there = workerConfigs.map(({ workerType }) =>
        discovery.countHealthyWorkers(workerType),
      );
      const counts = await Promise.all(there);
      return workerConfigs.map(({ count }, at) => Math.max(0, count - (counts[at] ?? 0)));
    });
  }

  async #withEngine<T>(work: (engine: LibraryEngine) => Promise<T>): Promise<T> {
    const engine = new LibraryEngine(this.#params);
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  }
}

async function persistentWorkers(store: TaskStore, configs: readonly WorkerConfig[]) {
  const live = await store.listWorkers({ states: liveWorkerStates });
  const types = new Set(configs.map(({ workerType }) => workerType));
  return live.filter(({ persistent, type }) => persistent && types.has(type));
}

function askToLeave(process_: Worker["process"]): void {
  if (process_ && isAlive(process_) === true) process.kill(process_.pid, "SIGTERM");
}

async function allEnded(store: TaskStore, workers: readonly Worker[], patience: AbortSignal) {
  for await (const _ of changes(store, patience)) {
    const rows = await Promise.all(workers.map(({ id }) => store.findWorker(id)));
    if (rows.every((row) => !row || !isLive(row.state))) return;
  }
}

async function endByForce(store: TaskStore, id: string, engine: LibraryEngine): Promise<void> {
  const row = await store.findWorker(id);
  if (!row) return;
  await endRemains(row, engine.executors);
  if (!isLive(row.state)) return;
  await store.endWorker({
    workerId: id,
    event: "leave",
    ending: { reason: "it was stopped" },
    tasks: { kind: "released" },
    now: Date.now(),
    jitter: Math.random(),
  });
}
