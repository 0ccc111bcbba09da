import { ClxError } from "../domain/errors.ts";
import type { NewEvent } from "../domain/event.ts";
import type { Worker } from "../domain/worker.ts";
import type { EndedWorker, Watch } from "../store/task-store.ts";
import { abortedForGood, abortedForNow, abortGraceMs, abortWorker } from "./abort-worker.ts";
import { addWorker } from "./add-worker.ts";
import type { Admission } from "./admission.ts";
import { Care, shrunkEvent } from "./care.ts";
import type { Charge } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";
import { followDeath } from "./follow-death.ts";
import type { SilenceVerdict } from "./judge-silence.ts";
import {
  contextOf,
  defaultCleanupAgeMs,
  defaultSweepMs,
  type SupervisorOptions,
  silenceLimitsFor,
} from "./options.ts";
import { type PoolSpec, usesWorkerApi } from "./pool.ts";
import { PoolState } from "./pool-state.ts";
import { poolEvent, Reconciler } from "./reconcile.ts";
import { endStepByStep } from "./recovery/end-remains.ts";
import { Recovery } from "./recovery.ts";
import { SerialLoop } from "./serial-loop.ts";
import { describePools, type SupervisorStatus } from "./status.ts";
import { stayingAlive } from "./staying-alive.ts";
import { refuseUnrecorded, stopAll } from "./stop-all.ts";
import { Upkeep } from "./upkeep.ts";

/**
 * Keeps pools of workers as somebody wants them.
 *
 * Theory of operation
 *
 * A pool is a wanted number of workers; each has a place in it, and a place remembers how its
 * workers died. One serial loop (`serial-loop.ts`) compares what is wanted with what is there and
 * acts on the difference (`reconcile.ts`). Whatever may change the answer only kicks the loop: a
 * worker's exit, a commit by any process, the end of a back-off, the slow sweep. So no two passes
 * ever run at once, and none is lost. What takes long (a start, a kill) goes on beside the loop,
 * once per worker, and kicks it when done.
 *
 * Judging is apart from acting: `plan-pool.ts` says whom to start and to drain, `admission.ts`
 * whether the machine can take one more, `restart-policy.ts` what follows a death,
 * `judge-silence.ts` who is hung or gone, `explain-exit.ts` why a worker ended.
 *
 * A worker's life here. Its row is registered (`created`, with the hash of its launch token),
 * then its process is started and noted. It activates its row itself; one that has not within the
 * pool's start-up time is ended. From its start on it is in our care (`care.ts`) until buried.
 *
 * A worker's end. The exit of its process is an event. What is left of its tree is ended first;
 * then its row ends, and in the same step its tasks become pending again or fail: a task never
 * runs twice at once. A worker that has ended its own row is not failed a second time. What
 * cannot be ended keeps its row and its tasks, and each sweep tries again.
 *
 *   drain    it finishes and leaves. Drained by hand, from here or by any process, it stays gone:
 *            its pool wants one fewer until it is scaled or one is added
 *   abort    its row and its tasks end in one step, then its tree. Tasks that shall run again are
 *            given back only after that, and then the worker is replaced; else it stays gone
 *   crash    replaced under the restart policy; a pool that gave up starts nothing until asked anew
 *   hung     silent for a lease: shown. Silent until stalled: killed, then as a crash
 *   refused  a worker that admission refuses is not lost: each pass asks again, the log says it once
 *
 * Failure cases. The store is locked or full: passes fail, are reported, and come again; endings
 * wait patiently; while we stop, for seconds only, and what could not be recorded is left to the
 * next sweep. We are killed: our session's workers notice and leave; persistent ones go on,
 * and the next supervisor with the same pool adopts them (`adopt.ts`); whatever else we left is put
 * right by the sweep of any other (`recovery.ts`). We are stopped for a while: workers renew their
 * own leases, and silence counts only while we watch.
 *
 * Each sweep is also the time for upkeep: rows of the long dead are removed (`upkeep.ts`).
 *
 * Nothing here keeps the process alive but the wait for something; whoever supervises stays for
 * a reason of their own. After `stop` nothing that we started is left, or it rejects and names what is.
 */
export class Supervisor {
  readonly #context: SupervisorContext;
  readonly #pools = new Map<string, PoolState>();
  readonly #care: Care;
  readonly #reconciler: Reconciler;
  readonly #recovery: Recovery;
  readonly #upkeep: Upkeep;
  readonly #loop: SerialLoop;
  readonly #sweepMs: number;
  #onPass: (() => void)[] = [];
  #watch: Watch | undefined;
  #sweep: Promise<void> | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#sweepMs = options.sweepMs ?? defaultSweepMs;
    const context = contextOf(options);
    this.#context = context;
    for (const spec of options.pools ?? []) this.#pools.set(spec.name, new PoolState(spec));
    this.#care = new Care(context, {
      onChange: () => this.#loop.kick(),
      onBuried: (charge, death) => {
        if (this.#stopped !== undefined || charge.leaving?.replace === false) return;
        followDeath({ context, charge, death, onDue: () => this.#loop.kick() });
      },
    });
    this.#reconciler = new Reconciler(context, this.#care, this.#pools);
    this.#recovery = new Recovery({
      ...context,
      limits: silenceLimitsFor(context.timing, options.silence),
      longestStepMs: this.#sweepMs * 2,
      isOurs: (id) => this.#care.find(id) !== undefined,
      endOurs: (id, verdict) => this.#endOurs(id, verdict),
    });
    const { cleanupAgeMs = defaultCleanupAgeMs } = options;
    this.#upkeep = new Upkeep({
      ...context,
      cleanupAgeMs,
      isOurs: (id) => this.#care.find(id) !== undefined,
    });
    this.#loop = new SerialLoop({
      pass: () => this.#pass(),
      onError: context.onError,
      ringIntervalMs: 50,
    });
  }

  /** Resolves after the first look around; workers become ready in their own time. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /**
   * Ends all workers of ours and lets go of everything but store and executors.
   *
   * @throws ClxError `process_not_stopped`, or the store's when something could not be recorded
   */
  stop(params: StopSupervisorParams = {}): Promise<void> {
    this.#stopped ??= this.#stop(params);
    return this.#stopped;
  }

  /** The stop that is under way, or comes next, gives nobody time: workers are killed at once. */
  hurry(): void {
    this.#context.patience.hurry(hurriedPatienceMs);
    this.#care.hurry();
  }

  /**
   * Adds one worker to a pool and resolves with its id once it has been started.
   *
   * @throws AdmissionRefusedError unless `force`, and always at the ceiling
   */
  async addWorker(params: AddWorkerParams): Promise<string> {
    const { force = false, ...which } = params;
    const given = { reconciler: this.#reconciler, care: this.#care, pool: this.#findPool(which) };
    const charge = await this.#loop.run(async () => {
      if (this.#stopped === undefined) return addWorker({ ...given, force });
      throw new ClxError("interrupted", "no worker was added: its supervisor is stopping");
    });
    await stayingAlive(async () => charge.startup);
    if (charge.startError !== undefined) throw charge.startError;
    return charge.id;
  }

  /** Whether one more worker could be added by hand now, and the numbers behind that. */
  async mayAdd(params: AddWorkerParams): Promise<Admission> {
    const pool = this.#findPool(params);
    const live = await this.#reconciler.listLive();
    return this.#reconciler.judge({ pool, live, byHand: true, force: params.force === true });
  }

  /** It finishes what it has and leaves. Any live worker of the store can be drained. */
  drain(workerId: string): Promise<Worker> {
    const { store, clock } = this.#context;
    return store.changeWorker({ workerId, event: "drain", now: clock.now() });
  }

  /** Ends a worker now; resolves once nothing of it is left. Any worker can be aborted. */
  async abort(workerId: string, params: { tasks: "fail" | "requeue" }): Promise<EndedWorker> {
    const { store, clock, executors, journal } = this.#context;
    const charge = this.#care.find(workerId);
    await charge?.startup;
    if (charge !== undefined) this.#markAborted(charge, params.tasks);
    return abortWorker({
      store,
      clock,
      workerId,
      tasks: params.tasks,
      endTree: async (worker) => {
        const graceMs = abortGraceMs;
        if (charge?.leaving) await this.#care.end(charge, charge.leaving, graceMs);
        else {
          const note = (event: Omit<NewEvent, "at">) => journal.note(event);
          await endStepByStep({ worker, executors, graceMs, note });
        }
      },
    });
  }

  /** Adds a pool, or changes what is wanted of one; workers that run keep their settings. */
  setPool(spec: PoolSpec): void {
    const pool = this.#pools.get(spec.name) ?? new PoolState(spec);
    this.#pools.set(spec.name, pool);
    pool.spec = spec;
    pool.isRemoved = false;
    pool.want(spec.count);
    this.#loop.kick();
  }

  /** Drains its workers, and forgets it once the last has left. */
  removePool(name: string): void {
    const pool = this.#findPool({ pool: name });
    pool.isRemoved = true;
    pool.want(0);
    this.#loop.kick();
  }

  /** Too many are drained; too few are started, also in a pool that gave up. */
  scale(pool: string, count: number): void {
    this.#findPool({ pool }).want(count);
    this.#loop.kick();
  }

  async status(): Promise<SupervisorStatus> {
    const rows = await this.#reconciler.listLive();
    const now = this.#context.clock.monotonic();
    return describePools({ pools: [...this.#pools.values()], care: this.#care, rows, now });
  }

  /** Resolves once nothing is under way: no pass, no start, no end. */
  whenIdle(): Promise<void> {
    return stayingAlive(async () => {
      await this.#loop.idle();
      await Promise.all([this.#care.idle(), this.#recovery.idle()]);
      await this.#loop.idle();
      await this.#context.journal.flush();
    });
  }

  /** Resolves once each pool has what it wants, ready for work, or cannot have it. */
  whenSettled(): Promise<void> {
    return stayingAlive(async () => {
      while (!this.#isSettled() && this.#stopped === undefined) {
        await new Promise<void>((resolve) => this.#onPass.push(resolve));
      }
      await this.whenIdle();
    });
  }

  async #start(): Promise<void> {
    const { store, own, journal } = this.#context;
    const pools = [...this.#pools.keys()];
    void journal.note({ type: "supervisor_started", data: { pid: own.pid, pools } });
    await this.#openWorkerApi();
    this.#watch = store.watch([{ kind: "changes" }], () => this.#loop.ring());
    this.#sweepTimer = setInterval(() => this.#sweepSoon(), this.#sweepMs);
    this.#sweepTimer.unref();
    await this.#loop.run(() => this.#pass());
    await this.#loop.run(() => this.#putRight());
  }

  /** Workers that an earlier supervisor has left wait for it; without them a start opens it. */
  async #openWorkerApi(): Promise<void> {
    const { workerApi, onError } = this.#context;
    const specs = [...this.#pools.values()].map(({ spec }) => spec);
    if (specs.some(usesWorkerApi)) await workerApi?.open().catch(onError);
  }

  async #stop(params: StopSupervisorParams): Promise<void> {
    const context = this.#context;
    const pools = [...this.#pools.values()];
    const { graceMs = context.timing.stopGraceMs + 2_000, leavePersistent = false } = params;
    context.patience.hurry(leavingPatienceMs);
    this.#loop.stop();
    this.#watch?.close();
    clearInterval(this.#sweepTimer);
    await this.#loop.idle();
    for (const pool of pools) pool.stopWaiting();
    try {
      await stopAll({ context, care: this.#care, pools, graceMs, leavePersistent });
    } finally {
      await context.workerApi?.close();
      await this.#recovery.idle();
      void context.journal.note({ type: "supervisor_stopped", data: { pid: context.own.pid } });
      await context.journal.flush();
      this.#tellWaiters();
    }
    refuseUnrecorded(context.patience, this.#care);
  }

  async #pass(): Promise<void> {
    try {
      await this.#reconciler.pass();
      this.#forgetRemoved();
    } finally {
      this.#tellWaiters();
    }
  }

  async #putRight(): Promise<void> {
    await this.#recovery.sweep();
    await this.#upkeep.look();
  }

  #sweepSoon(): void {
    this.#care.tidy();
    this.#loop.kick();
    this.#sweep ??= this.#loop
      .run(() => this.#putRight())
      .catch(this.#context.onError)
      .finally(() => {
        this.#sweep = undefined;
      });
  }

  #tellWaiters(): void {
    const waiters = this.#onPass;
    this.#onPass = [];
    for (const tell of waiters) tell();
  }

  #forgetRemoved(): void {
    for (const [name, pool] of this.#pools) {
      if (!pool.isRemoved || this.#care.of(pool).length > 0) continue;
      this.#pools.delete(name);
      if (pool.announced === "nothing") continue;
      void this.#context.journal.note(poolEvent("pool_stopped", pool, 0));
    }
  }

  #isSettled(): boolean {
    return [...this.#pools.values()].every((pool) => {
      const charges = this.#care.of(pool);
      const isQuiet = charges.every(isAtWork);
      const isHelpless = pool.gaveUp !== undefined || pool.refusal !== undefined;
      return isQuiet && (charges.length === pool.wanted || isHelpless);
    });
  }

  #findPool(which: { readonly pool?: string; readonly type?: string }): PoolState {
    const found = [...this.#pools.values()].find(
      ({ spec }) => spec.name === which.pool || spec.type === which.type,
    );
    if (found !== undefined) return found;
    const known = [...this.#pools.keys()].join(", ") || "none";
    const name = which.pool ?? which.type ?? "";
    throw new ClxError("invalid_value", `there is no pool ${name}; this supervisor has: ${known}`);
  }

  #markAborted(charge: Charge, tasks: "fail" | "requeue"): void {
    const replace = tasks === "requeue" && charge.leaving?.replace !== false;
    const why = tasks === "requeue" ? abortedForNow : abortedForGood;
    if (!replace && charge.leaving?.replace !== false) {
      charge.pool.wantOneFewer();
      void this.#context.journal.note(shrunkEvent(charge, why));
    }
    charge.leaving = { kind: "aborted", why, replace };
  }

  #endOurs(workerId: string, verdict: Extract<SilenceVerdict, { why: string }>): void {
    const charge = this.#care.find(workerId);
    if (charge === undefined || charge.isBeingEnded || charge.burial !== undefined) return;
    const { abilities } = this.#context.executors.get(charge.pool.spec.mode) ?? {};
    if (abilities?.kills !== true) return;
    const replace = charge.leaving?.replace ?? true;
    const { why, failure } = verdict;
    const leaving = { kind: "killed", why, failure, replace } as const;
    this.#care.end(charge, leaving, 0).catch(this.#context.onError);
  }
}

/** How long a call waits for the store once we stop, and once we hurry. */
const leavingPatienceMs = 5_000;
const hurriedPatienceMs = 1_000;

function isAtWork({ phase, leaving, burial, unburied }: Charge): boolean {
  return phase !== "starting" && !leaving && !burial && !unburied;
}

export interface StopSupervisorParams {
  /** How long workers may take to finish or give back what they do. */
  readonly graceMs?: number;
  readonly leavePersistent?: boolean;
}

export interface AddWorkerParams {
  readonly pool?: string;
  /** The first pool of this type. */
  readonly type?: string;
  readonly force?: boolean;
}
