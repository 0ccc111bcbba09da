import { linkOfContainer } from "../domain/container-facts.ts";
import { defaultTiming } from "../domain/launch.ts";
import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import { stopServices } from "../lifecycle/services/stop-services.ts";
import { type EngineParams, LibraryEngine } from "./library-engine.ts";
import { workerApiFor } from "./worker-api-for.ts";
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
   * Ends the persistent workers of the configured types, those of programs that are gone too;
   * resolves with how many. Tasks that still run after `graceMs` are given back. Workers that
   * another living supervisor keeps are not touched: it would start others.
   */
  async stopPersistentWorkers({ graceMs = 12_000 }: { readonly graceMs?: number } = {}) {
    await this.#persistent?.stopPools();
    this.#persistent = undefined;
    return await this.#withEngine(async (engine) => {
      const store = await engine.store();
      const live = await store.listWorkers({ states: liveWorkerStates });
      const containers = live.flatMap((worker) => linkOfContainer(worker) ?? []);
      const workerApi = workerApiFor(engine.dbPath, "services", containers)(store);
      const workers = await stopServices({
        ...{ store, workerApi },
        executors: engine.executors,
        supervisors: [],
        types: this.#params.workerConfigs.map(({ workerType }) => workerType),
        timeoutMs: graceMs,
        abortGraceMs: defaultTiming.abortGraceMs,
      }).finally(() => workerApi.close());
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
