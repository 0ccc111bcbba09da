import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import { type Admission, judgeAdmission, type Refusal } from "./admission.ts";
import { adoptWorkers } from "./adopt.ts";
import type { Care } from "./care.ts";
import type { Charge } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";
import { workersOfHost } from "./host-workers.ts";
import { planPool } from "./plan-pool.ts";
import type { PoolState } from "./pool-state.ts";

/** How long a worker whose row has ended cleanly may take to end its process. */
const leavingGraceMs = 5_000;

/** One pass at a time brings the pools nearer to what is wanted of them. */
export class Reconciler {
  readonly #context: SupervisorContext;
  readonly #care: Care;
  readonly #pools: ReadonlyMap<string, PoolState>;

  constructor(context: SupervisorContext, care: Care, pools: ReadonlyMap<string, PoolState>) {
    this.#context = context;
    this.#care = care;
    this.#pools = pools;
  }

  async pass(): Promise<void> {
    const live = await this.listLive();
    await this.#care.readWishes();
    for (const charge of this.#care.all) await this.#takeIn(charge, live);
    const pools = [...this.#pools.values()];
    await adoptWorkers({ context: this.#context, care: this.#care, pools, live });
    for (const pool of pools) await this.#shape(pool, live);
  }

  listLive(): Promise<readonly Worker[]> {
    return this.#context.store.listWorkers({ states: [...liveWorkerStates] });
  }

  /** May a pool have one more worker? */
  judge(params: {
    readonly pool: PoolState;
    readonly live: readonly Worker[];
    readonly byHand: boolean;
    readonly force: boolean;
  }): Admission {
    const { pool, live, byHand } = params;
    const { admission: limits, own, readMachine } = this.#context;
    const { type, expectedMemory } = pool.spec;
    const wayPast = limits.wayPast ?? (byHand ? "pass force: true" : undefined);
    return judgeAdmission({
      machine: readMachine(),
      workers: [...workersOfHost(live, own.host), ...this.#justStarted(live)],
      wanted: { type, expectedMemory, byHand },
      limits,
      force: params.force || limits.force,
      ...(wayPast !== undefined && { wayPast }),
    });
  }

  async noteRefusal(pool: PoolState, refusal: Refusal): Promise<void> {
    const { name, type, queue, mode, configSource } = pool.spec;
    await this.#context.journal.note({
      type: "admission_refused",
      message: refusal.message,
      workerType: type,
      mode,
      data: {
        reason: refusal.limit,
        pool: name,
        queue,
        wanted: pool.wanted,
        configSource,
        room: { ...refusal.room },
      },
    });
  }

  async #takeIn(charge: Charge, live: readonly Worker[]): Promise<void> {
    if (charge.startup !== undefined || charge.burial !== undefined) return;
    const row = live.find(({ id }) => id === charge.id);
    if (row === undefined) return this.#endAfterItsRow(charge);
    if (!isOurs(row, this.#context)) return this.#care.release(charge);
    this.#care.note(charge, row);
    this.#care.heedOthers(charge, row);
  }

  /** Its row has ended, by itself or by somebody else: its process must not go on for long. */
  async #endAfterItsRow(charge: Charge): Promise<void> {
    const { store, onError } = this.#context;
    const row = await store.findWorker(charge.id);
    if (charge.isBeingEnded || charge.burial !== undefined || row === undefined) return;
    if (row.endedAt === undefined) return;
    this.#care.heedOthers(charge, row);
    const why = row.ending?.reason ?? "its row has ended";
    const leaving = charge.leaving ?? { kind: "ended", why, replace: true };
    const graceMs = row.state === "dead" ? leavingGraceMs : 0;
    this.#care.end(charge, leaving, graceMs).catch(onError);
  }

  async #shape(pool: PoolState, live: readonly Worker[]): Promise<void> {
    this.#announceStarting(pool);
    const workers = this.#care.of(pool).map((charge) => ({
      id: charge.id,
      place: charge.place,
      phase: charge.leaving?.replace === false ? ("leaving" as const) : charge.phase,
    }));
    const { wanted, waiting } = pool;
    const gaveUp = pool.gaveUp !== undefined;
    const plan = planPool({ wanted, workers, waiting, gaveUp });
    pool.stopWaiting(plan.forget);
    for (const id of plan.drain) await this.#shed(id);
    this.#startSome(pool, plan.start, live);
    this.#announceStarted(pool);
  }

  async #shed(workerId: string): Promise<void> {
    const { store, clock, timing, onError } = this.#context;
    const charge = this.#care.find(workerId);
    if (charge === undefined || charge.isBeingEnded || charge.burial !== undefined) return;
    const why = "its pool shrinks";
    if (charge.phase === "starting") {
      const leaving = { kind: "stopped", why, replace: false } as const;
      this.#care.end(charge, leaving, timing.stopGraceMs).catch(onError);
      return;
    }
    charge.leaving = { kind: "drained", why, replace: false };
    await store.changeWorker({ workerId, event: "drain", now: clock.now() }).catch(onError);
  }

  #startSome(pool: PoolState, places: readonly number[], live: readonly Worker[]): void {
    if (this.#context.patience.isHurried) return;
    const starting = this.#care.all.filter(({ phase }) => phase === "starting").length;
    for (const place of places.slice(0, Math.max(0, this.#context.startupParallel - starting))) {
      const verdict = this.judge({ pool, live, byHand: false, force: pool.isForced(place) });
      if (verdict.kind === "refused") {
        const isNews = pool.refusal?.limit !== verdict.limit;
        pool.refusal = verdict;
        if (isNews) void this.noteRefusal(pool, verdict);
        return;
      }
      pool.refusal = undefined;
      this.#care.start(pool, place, pool.reasonFor(place));
    }
  }

  /** Charges that are not among the rows yet; what they will need is reserved already. */
  #justStarted(live: readonly Worker[]) {
    const known = new Set(live.map(({ id }) => id));
    return this.#care.all
      .filter(({ id, startup }) => startup !== undefined && !known.has(id))
      .map(({ pool: { spec } }) => ({
        type: spec.type,
        expectedMemory: spec.expectedMemory,
        memory: 0,
      }));
  }

  #announceStarting(pool: PoolState): void {
    if (pool.announced !== "nothing" || pool.wanted === 0) return;
    pool.announced = "starting";
    void this.#context.journal.note(poolEvent("pool_starting", pool, 0));
  }

  #announceStarted(pool: PoolState): void {
    const ready = this.#care.of(pool).filter(({ phase }) => phase !== "starting").length;
    if (pool.announced !== "starting" || ready < pool.wanted) return;
    pool.announced = "started";
    void this.#context.journal.note(poolEvent("pool_started", pool, ready));
  }
}

function isOurs({ parent }: Worker, { own }: SupervisorContext): boolean {
  return parent?.pid === own.pid && parent.startedAt === own.startedAt && parent.host === own.host;
}

type PoolEvent = "pool_starting" | "pool_started" | "pool_stopping" | "pool_stopped";

/** `count`: its workers that are ready, to be ended, or left. */
export function poolEvent(type: PoolEvent, { spec, wanted }: PoolState, count: number) {
  return {
    type,
    message: `pool ${spec.name}: ${poolWords[type]({ count, wanted })}`,
    workerType: spec.type,
    mode: spec.mode,
    data: { pool: spec.name, queue: spec.queue, count, wanted, configSource: spec.configSource },
  };
}

const poolWords: Record<PoolEvent, (of: { count: number; wanted: number }) => string> = {
  pool_starting: ({ wanted }) => `${wanted} ${wanted === 1 ? "worker is" : "workers are"} wanted`,
  pool_started: ({ count }) => `${count} ${count === 1 ? "worker is" : "workers are"} ready`,
  pool_stopping: ({ count }) =>
    `${count} ${count === 1 ? "worker is" : "workers are"} told to leave`,
  pool_stopped: ({ count }) =>
    count === 0 ? "all workers have ended" : `${count} ${count === 1 ? "is" : "are"} left`,
};
