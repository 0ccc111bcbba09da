import { join } from "node:path";
import { newWorkerId } from "../domain/ids.ts";
import type { Worker } from "../domain/worker.ts";
import type { RunningWorker, WorkerExit } from "../executor/executor.ts";
import { buryWorker, isHopelessStart } from "./bury-worker.ts";
import type { Charge, Leaving } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";
import { goneEvent, signalledEvent } from "./ending-events.ts";
import { OomWatch } from "./oom-watch.ts";
import { OthersWishes } from "./others-wishes.ts";
import type { PoolState } from "./pool-state.ts";
import type { WorkerDeath } from "./restart-policy.ts";
import { startWorker } from "./start-worker.ts";

export interface CareHooks {
  /** Something happened that calls for another look at the pools. */
  readonly onChange: () => void;
  /** A worker is buried. Called before its place becomes free. */
  readonly onBuried: (charge: Charge, death: WorkerDeath) => void;
}

/** The workers that this supervisor has started or adopted, each until it is buried. */
export class Care {
  readonly #context: SupervisorContext;
  readonly #hooks: CareHooks;
  readonly #charges = new Map<string, Charge>();
  readonly #oom: OomWatch;
  readonly #wishes: OthersWishes;
  #isHurried = false;

  constructor(context: SupervisorContext, hooks: CareHooks) {
    this.#context = context;
    this.#hooks = hooks;
    this.#wishes = new OthersWishes(context.store, (charge, why) => {
      void context.journal.note(shrunkEvent(charge, why));
    });
    this.#oom = new OomWatch(context.readMachine);
  }

  get all(): Charge[] {
    return [...this.#charges.values()];
  }

  find(workerId: string): Charge | undefined {
    return this.#charges.get(workerId);
  }

  of(pool: PoolState): Charge[] {
    return this.all.filter((charge) => charge.pool === pool);
  }

  /** Takes a place at once; the worker is registered and started on the way. */
  start(pool: PoolState, place: number, reason: string): Charge {
    const id = newWorkerId(pool.spec.mode, pool.spec.type, place);
    const charge = this.#take({ id, pool, place, adopted: false });
    charge.startup = this.#start(charge, reason);
    return charge;
  }

  adopt(params: {
    readonly worker: Worker;
    readonly pool: PoolState;
    readonly place: number;
    readonly running: RunningWorker;
  }): Charge {
    const { worker, running } = params;
    const { id, logPath } = worker;
    const charge = this.#take({ ...params, id, adopted: true, ...(logPath && { logPath }) });
    this.#follow(charge, running);
    return charge;
  }

  /** Somebody else keeps it from now on. */
  release(charge: Charge): void {
    clearTimeout(charge.startupTimer);
    charge.isReleased = true;
    this.#charges.delete(charge.id);
  }

  /** Takes in how the worker's row stands. */
  note(charge: Charge, { state }: Worker): void {
    if (state === "created") return;
    clearTimeout(charge.startupTimer);
    charge.phase = state === "idle" ? "idle" : "busy";
    charge.readySince ??= this.#context.clock.monotonic();
  }

  /** Learns what others want of our workers; the first time only from where the log ends. */
  readWishes(): Promise<void> {
    const isOurs = (id: string) => this.#charges.has(id);
    return this.#context.patience.insist(() => this.#wishes.read(isOurs));
  }

  heedOthers(charge: Charge, row: Worker): void {
    this.#wishes.heed(charge, row);
  }

  /**
   * Ends a worker and resolves once it is buried. With `graceMs` it is asked first.
   *
   * @throws ClxError `process_not_stopped`
   */
  async end(charge: Charge, leaving: Leaving, graceMs: number): Promise<void> {
    const { journal } = this.#context;
    charge.leaving = leaving;
    charge.isBeingEnded = true;
    clearTimeout(charge.startupTimer);
    if (leaving.kind !== "aborted") void journal.note(stoppingEvent(charge, leaving));
    charge.startGivenUp.abort();
    try {
      await charge.startup;
      const onSignal = isByForce(leaving) ? this.#signalNoter(charge) : undefined;
      await charge.running?.stop({ graceMs: this.#isHurried ? 0 : graceMs, onSignal });
      if (isByForce(leaving)) void journal.note(goneEvent(whom(charge)));
      await charge.burial;
    } finally {
      charge.isBeingEnded = false;
    }
  }

  #signalNoter(charge: Charge) {
    return (signal: string, processes: number) => {
      void this.#context.journal.note(signalledEvent(whom(charge), signal, processes));
    };
  }

  /** From now on nobody is given time: whoever is being ended is killed at once. */
  hurry(): void {
    this.#isHurried = true;
    for (const { running, isBeingEnded } of this.all) {
      if (isBeingEnded) running?.stop({ graceMs: 0 }).catch(this.#context.onError);
    }
  }

  /** Tries again to bury those whose first burial failed; also a time to look around. */
  tidy(): void {
    this.#oom.look();
    for (const charge of this.all) if (charge.unburied) this.#bury(charge, charge.unburied);
  }

  /** Resolves once nothing is being started or buried. */
  async idle(): Promise<void> {
    for (;;) {
      const busy = this.all.flatMap(({ startup, burial }) => startup ?? burial ?? []);
      if (busy.length === 0) return;
      await Promise.all(busy);
    }
  }

  #take(params: Pick<Charge, "id" | "pool" | "place" | "adopted"> & { logPath?: string }): Charge {
    const charge: Charge = {
      logPath: join(this.#context.logFolder, `worker_${params.id}.log`),
      ...params,
      since: this.#context.clock.monotonic(),
      startGivenUp: new AbortController(),
      phase: "starting",
      isBeingEnded: false,
      isReleased: false,
    };
    this.#charges.set(charge.id, charge);
    return charge;
  }

  async #start(charge: Charge, reason: string): Promise<void> {
    try {
      this.#follow(charge, await startWorker(this.#context, charge, reason));
    } catch (error) {
      const startError = error instanceof Error ? error : new Error(String(error));
      charge.startError = startError;
      if (!isHopelessStart(startError)) this.#context.onError(startError); // else its pool says so
      this.#bury(charge, { kind: "lost", reason: startError.message });
    } finally {
      delete charge.startup;
    }
  }

  #follow(charge: Charge, running: RunningWorker): void {
    charge.running = running;
    this.#watchStartup(charge);
    void running.exit.then((exit) => this.#bury(charge, exit));
  }

  #watchStartup(charge: Charge): void {
    const { startupTimeoutMs } = charge.pool.spec;
    charge.startupTimer = setTimeout(() => {
      this.#endUnlessReady(charge).catch(this.#context.onError);
    }, startupTimeoutMs);
    charge.startupTimer.unref();
  }

  async #endUnlessReady(charge: Charge): Promise<void> {
    const { store, patience } = this.#context;
    const row = await patience.insist(() => store.findWorker(charge.id));
    if (row?.state !== "created" || charge.leaving || charge.burial) return;
    const why = `it was not ready within ${charge.pool.spec.startupTimeoutMs} ms`;
    await this.end(charge, { kind: "killed", why, replace: true }, 0);
  }

  #bury(charge: Charge, exit: WorkerExit): void {
    if (charge.burial !== undefined || charge.isReleased) return;
    clearTimeout(charge.startupTimer);
    delete charge.unburied;
    charge.burial = this.#buryNow(charge, exit).catch((error) => {
      charge.unburied = exit;
      delete charge.burial;
      this.#context.onError(error);
    });
  }

  async #buryNow(charge: Charge, exit: WorkerExit): Promise<void> {
    const context = this.#context;
    const oomKills = this.#oom.recent();
    const heedOthers = async (row: Worker | undefined) => {
      await this.readWishes();
      this.#wishes.heed(charge, row);
    };
    const death = await buryWorker({ context, charge, exit, oomKills, heedOthers });
    this.#hooks.onBuried(charge, death);
    this.#charges.delete(charge.id);
    this.#wishes.forget(charge.id);
    this.#hooks.onChange();
  }
}

function isByForce({ kind }: Leaving): boolean {
  return kind === "aborted" || kind === "killed";
}

function whom({ id, pool: { spec } }: Charge) {
  return { id, type: spec.type, mode: spec.mode };
}

/** It has all that it wants now: whoever looks at pools learns so by this event. */
export function shrunkEvent({ id, pool: { spec, wanted } }: Charge, why: string) {
  const { name: pool, queue, configSource } = spec;
  const wants = wanted === 1 ? "1 worker" : `${wanted} workers`;
  return {
    type: "pool_started" as const,
    message: `pool ${pool} now wants ${wants}: ${id} was ${why}`,
    workerType: spec.type,
    mode: spec.mode,
    data: { pool, queue, count: wanted, wanted, configSource, reason: why },
  };
}

function stoppingEvent(charge: Charge, { why }: Leaving) {
  const { spec } = charge.pool;
  return {
    type: "worker_stopping" as const,
    message: `${charge.id}: ${why}`,
    workerId: charge.id,
    workerType: spec.type,
    mode: spec.mode,
    data: { reason: why, pool: spec.name },
  };
}
