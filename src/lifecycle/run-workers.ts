import { setTimeout as sleep } from "node:timers/promises";
import { ClxError } from "../domain/errors.ts";
import type { NewEvent } from "../domain/event.ts";
import type { Worker } from "../domain/worker.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { SupervisorOptions } from "../supervisor/options.ts";
import type { PoolSpec } from "../supervisor/pool.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { findAbleWorkers, hasFreeSlot, isStarting } from "./able-workers.ts";
import { askToGiveBack } from "./ask-to-give-back.ts";
import { noWorkers } from "./no-workers.ts";

/** Two signals in the same moment would be one. */
const secondWishMs = 50;

/**
 * The workers of one run: a build, `clx exec`, `clx submit --wait`.
 *
 * Theory of operation
 *
 * A run says which worker type it has tasks for and how many (`provide`), as often as it looks
 * at its tasks. The first time, and whenever workers that it counted on are gone, it is counted
 * who could take a task now: healthy workers that take anybody's tasks, and those that somebody
 * is just starting, unless only fresh ones are wanted. What is missing is started, each type in a pool of its own, all of them at once,
 * by a supervisor in this process that exists only then. A pool is never larger than there are
 * tasks, unless somebody named its size; it grows when others vanish, and never shrinks.
 *
 * A worker of somebody else's that stays idle while our tasks wait does not respond, however
 * healthy its row looks: it is no longer counted on (`distrust`).
 *
 * Ours leave with us. At the end they are stopped; when this process is killed they notice that
 * by their lifeline, close the session behind them and leave. With `autoStop` off they are
 * persistent instead: they belong to no session, and go on until they are stopped.
 *
 * A pool whose workers do not start is tried again under its restart policy, and then gives up:
 * `trouble` says so once nobody is left who could do the tasks.
 */
export class RunWorkers {
  readonly #params: RunWorkersParams;
  readonly #provisions = new Map<string, Provision>();
  readonly #plans = new Map<string, Plan>();
  readonly #distrusted = new Set<string>();
  /** Of those that were still starting when they were first seen; never, for those that are. */
  readonly #readySince = new Map<string, number>();
  readonly #own = new Set<string>();
  #supervisor: Supervisor | undefined;

  constructor(params: RunWorkersParams) {
    this.#params = params;
  }

  /**
   * Sees to it that tasks of a type find workers; these get ready in their own time.
   *
   * @throws ClxError `no_workers`, the first time, when there are none and none may be started
   */
  async provide({ type, tasks }: Need): Promise<void> {
    const known = this.#provisions.get(type);
    const used = known === undefined ? [] : await this.#stillAble(known);
    const provision = { type, started: 0, ...known, used };
    this.#provisions.set(type, provision);
    const wanted = this.#wanted(type, tasks);
    if (known !== undefined && used.length + known.started >= wanted) return;
    try {
      await this.#complete(provision, wanted);
    } catch (error) {
      if (known === undefined || !isNoWorkers(error)) throw error;
      if (known.started + known.used.length > 0) this.#params.onLack?.(error.message);
    }
  }

  /**
   * Before workers of any type are started for a run that would have to end at once.
   *
   * @throws ClxError `no_workers` when there are none of this type and none may be started
   */
  async ensurePossible(type: string): Promise<void> {
    const { reuse, autoStart, queue } = this.#params;
    const { spec, error } = this.#planOf(type);
    if (autoStart.allowed && spec !== undefined) return;
    if (reuse && (await this.#able(type)).length > 0) return;
    throw autoStart.allowed ? error : noWorkers({ type, queue, why: autoStart.source });
  }

  /** Others' workers that have been ready for so long, and do not take what waits for them, are not counted on any more. */
  distrust(type: string, readyForMs: number): void {
    const { used = [] } = this.#provisions.get(type) ?? {};
    for (const worker of used) {
      if (worker.taskIds.length > 0 || this.#distrusted.has(worker.id)) continue;
      const readySince = this.#readySince.get(worker.id) ?? -Infinity;
      if (performance.now() - readySince < readyForMs) continue;
      this.#distrusted.add(worker.id);
      this.#params.onDistrust?.(worker);
    }
  }

  isOurs(workerId: string): boolean {
    return this.#own.has(workerId);
  }

  /** Why nobody will do the tasks of some type any more. */
  async trouble(): Promise<ClxError | undefined> {
    if (this.#supervisor === undefined) return undefined;
    for (const { spec, gaveUp, ready } of (await this.#supervisor.status()).pools) {
      const used = this.#provisions.get(spec.type)?.used.length ?? 0;
      if (gaveUp === undefined || ready + used > 0) continue;
      return new ClxError(
        "worker_start_failed",
        `the ${spec.type} workers cannot be kept running: ${gaveUp}`,
      );
    }
    return undefined;
  }

  /** Ours finish what they do and leave, unless they shall stay; `provide` starts others. */
  retire(): void {
    if (!this.#params.autoStop) return;
    for (const provision of this.#provisions.values()) {
      if (provision.started > 0) this.#supervisor?.scale(provision.type, 0);
      this.#provisions.set(provision.type, { ...provision, started: 0 });
    }
  }

  /** Resolves once nothing of ours is left, but what shall stay. */
  async stop({ giveBack = false, atOnce = false }: StopRunWorkersParams = {}): Promise<void> {
    const supervisor = this.#supervisor;
    if (supervisor === undefined) return;
    if (atOnce) supervisor.hurry();
    const stopping = supervisor.stop({ leavePersistent: true });
    if (giveBack) {
      await sleep(secondWishMs);
      await askToGiveBack(supervisor);
    }
    await stopping;
  }

  /** The stop that is under way, or comes next, gives nobody time. */
  hurry(): void {
    this.#supervisor?.hurry();
  }

  async #stillAble({ type, used }: Provision): Promise<readonly Worker[]> {
    if (used.length === 0) return [];
    const able = await this.#able(type);
    return able.filter(({ id }) => used.some((worker) => worker.id === id));
  }

  async #able(type: string): Promise<readonly Worker[]> {
    const { store, queue, now = Date.now } = this.#params;
    const able = await findAbleWorkers({ store, type, queue, now: now() });
    for (const worker of able) this.#noteReady(worker);
    return able.filter(({ id }) => !this.#own.has(id) && !this.#distrusted.has(id));
  }

  #noteReady(worker: Worker): void {
    if (isStarting(worker)) this.#readySince.set(worker.id, Infinity);
    else if (this.#readySince.get(worker.id) === Infinity)
      this.#readySince.set(worker.id, performance.now());
  }

  async #complete(provision: Provision, wanted: number): Promise<void> {
    const { type, used, started } = provision;
    const { reuse, autoStart, queue } = this.#params;
    const able = reuse ? await this.#able(type) : [];
    const isUsed = ({ id }: Worker) => used.some((worker) => worker.id === id);
    const free = able.filter((worker) => isUsed(worker) || hasFreeSlot(worker)).slice(0, wanted);
    if (!autoStart.allowed) {
      if (able.length === 0) throw noWorkers({ type, queue, why: autoStart.source });
      return this.#use(provision, able);
    }
    const missing = wanted - free.length;
    if (missing <= started) return this.#use(provision, free);
    const plan = this.#planOf(type);
    if (plan.spec !== undefined)
      return await this.#start(plan.spec, { ...provision, used: free }, missing);
    if (able.length === 0) throw plan.error;
    this.#use(provision, able);
  }

  #wanted(type: string, tasks: number): number {
    const { spec } = this.#planOf(type);
    if (spec === undefined || tasks === 0) return Math.min(tasks, 1);
    if (this.#params.isExact(type)) return spec.count;
    return Math.min(spec.count, Math.ceil(tasks / spec.concurrency));
  }

  /** What we would start. A type that we cannot start may still be done by others' workers. */
  #planOf(type: string): Plan {
    const known = this.#plans.get(type) ?? this.#makePlan(type);
    this.#plans.set(type, known);
    return known;
  }

  #makePlan(type: string): Plan {
    const { poolFor, queue, autoStop } = this.#params;
    try {
      const spec = { ...poolFor(type), queue, persistent: !autoStop };
      if (spec.count > 0) return { spec };
      return { error: noWorkers({ type, queue, why: `their count is 0: ${spec.configSource}` }) };
    } catch (error) {
      return { error };
    }
  }

  #use(provision: Provision, workers: readonly Worker[]): void {
    const isNews = workers.some(({ id }) => provision.used.every((known) => known.id !== id));
    this.#provisions.set(provision.type, { ...provision, used: workers });
    if (isNews) this.#params.onUse?.(provision.type, workers);
  }

  async #start(spec: PoolSpec, provision: Provision, count: number): Promise<void> {
    await this.#params.supervisor.executors.get(spec.mode)?.prepare?.(spec);
    this.#use({ ...provision, used: [] }, provision.used);
    this.#provisions.set(spec.type, { ...provision, started: count });
    this.#params.onStart?.({ ...spec, count });
    this.#supervisor ??= this.#makeSupervisor();
    this.#supervisor.setPool({ ...spec, count });
    await this.#supervisor.start();
  }

  #makeSupervisor(): Supervisor {
    const { store, supervisor, onEvent } = this.#params;
    return new Supervisor({
      ...supervisor,
      store,
      onEvent: (event) => {
        if (event.type === "worker_starting" && event.workerId) this.#own.add(event.workerId);
        onEvent?.(event);
      },
    });
  }
}

export interface RunWorkersParams {
  readonly store: TaskStore;
  /** The queue of the run's tasks. */
  readonly queue: string;
  /** @throws ClxError when there is no such type, or it cannot be run as configured */
  readonly poolFor: (type: string) => PoolSpec;
  /** Whether somebody asked for just so many workers of the type. */
  readonly isExact: (type: string) => boolean;
  readonly autoStart: { readonly allowed: boolean; readonly source: string };
  readonly autoStop: boolean;
  /** Count on healthy workers of others. */
  readonly reuse: boolean;
  /** With a session, workers take its tasks alone, and it ends with them. */
  readonly supervisor: Omit<SupervisorOptions, "store" | "pools" | "onEvent">;
  readonly now?: () => number;
  /** These of others' will be used. */
  readonly onUse?: (type: string, workers: readonly Worker[]) => void;
  /** So many workers are being started. */
  readonly onStart?: (pool: PoolSpec) => void;
  /** Those that were there are gone, and none may be started. */
  readonly onLack?: (message: string) => void;
  readonly onDistrust?: (worker: Worker) => void;
  /** What happens to our own workers. */
  readonly onEvent?: (event: NewEvent) => void;
}

export interface StopRunWorkersParams {
  /** What still runs is not given time to end, but given back at once. */
  readonly giveBack?: boolean;
  /** They are killed, and a store in trouble is waited for no longer than a moment. */
  readonly atOnce?: boolean;
}

export interface Need {
  readonly type: string;
  /** How many tasks there are that wait or run. */
  readonly tasks: number;
}

type Plan =
  | { readonly spec: PoolSpec; readonly error?: never }
  | { readonly spec?: never; readonly error: unknown };

/** What one worker type has. */
interface Provision {
  readonly type: string;
  /** Workers of others that are counted on. */
  readonly used: readonly Worker[];
  /** The size of our own pool. */
  readonly started: number;
}

function isNoWorkers(error: unknown): error is ClxError {
  return error instanceof ClxError && error.code === "no_workers";
}
