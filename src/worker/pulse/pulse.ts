import { setTimeout as sleep } from "node:timers/promises";
import { span } from "../../domain/time-words.ts";
import type { WorkerUsage } from "../../domain/worker.ts";
import type { WorkerLink } from "../../link/worker-link.ts";
import type { ProcessTree } from "../../machine/process-tree.ts";
import type { Renewal } from "../../store/task-store.ts";
import type { Evidence } from "../attempt/outcome.ts";
import { farewellMs } from "../farewell.ts";
import { monotonicMs } from "../monotonic.ts";
import { AttemptBoard } from "./attempt-board.ts";
import { type Departure, depart } from "./departure.ts";
import { outcomeByForce } from "./forced-outcome.ts";
import { Guard, type Watched } from "./guard.ts";
import { Heartbeat } from "./heartbeat.ts";
import { keepLog } from "./log-keeper.ts";
import { LogTails } from "./log-tails.ts";
import type { Announced, FromPulse, PulseSeed, ToPulse } from "./messages.ts";
import { Meter } from "./meter.ts";
import { parentLook } from "./parent-look.ts";
import { type NewsOfAhead, TakenAhead } from "./taken-ahead.ts";
import { UsageBoard } from "./usage-board.ts";
import { excessOf, treeOfWorker } from "./worker-tree.ts";

/** A process above its limit may take the machine down with it, so it is not given long. */
const memoryGraceMs = 1_000;
/** What a handler gets to notice that the children it waited for have been killed. */
const aftermathMs = 250;
const parentLookMs = 1_000;
/** For whoever aborted the worker to end it step by step. */
const aborterMs = 5_000;
/** How soon to look again at the board while something is expected to be seen there. */
const boardLookMs = 20;
/** For the main thread to exit once the worker is known to be gone. */
const goneGraceMs = 500;

/**
 * The watch over a worker, in a thread of its own.
 *
 * Theory of operation
 *
 * The handler runs in the main thread, and may block it for as long as it likes. So whatever
 * must happen in time happens here, through a link of the thread's own:
 *
 * - the heartbeat: `renew` every `heartbeatMs`, and at once when the worker's bell rings. The
 *   answer says what others want: a cancellation, draining, that an attempt is superseded, that
 *   the worker is gone;
 * - the deadline of each attempt, by the monotonic clock, from the moment it began;
 * - the memory limit of the worker's tree. Attempts that run side by side cannot be told apart,
 *   so the youngest is stopped first, as the one with the least to lose;
 * - what was taken ahead and does not begin in time, because a task takes longer than those before
 *   it: it is given back, and the store is told what has begun;
 * - the parent, in case the main thread cannot see the end of the lifeline.
 *
 * The main thread says which attempts it is about to begin; the message crosses even while it
 * blocks afterwards. Which of them have begun and which are over, what each has used, and the end of
 * its log are in shared memory, and looked at before anything is decided by them.
 *
 * To end an attempt, the main thread is told, which aborts `ctx.signal`. An attempt that has not
 * ended when its grace is over is given up, in this order:
 *
 *  1. The worker's children are killed. If it was the only attempt and it ends now, because a
 *     child was all that it waited for, that is the end of it: the worker lives on.
 *  2. In one commit the attempt is settled with the outcome that fits (nothing, when it is
 *     superseded), the worker's row fails with the reason, and its other attempts are released.
 *  3. The process kills itself with SIGKILL in the same turn of the event loop: so what blocks
 *     it ends within microseconds of the commit that lets others run the task again.
 *
 * The store decides races: when the main thread settles first, step 2 finds nothing to settle.
 * A worker that is a thread is ended by its host instead, which is asked in the same turn; that
 * takes some milliseconds.
 *
 * A worker that is gone (its row was ended by somebody) writes nothing: its children are
 * killed at once, and then it. One that was aborted, so that nobody runs its tasks again, leaves
 * that for some seconds to whoever aborted it. When the parent is gone, a session's worker closes the session,
 * and attempts are released; a main thread that does not leave then is ended as above.
 *
 * If this thread dies, the main thread ends the worker (`pulseDied`). If the main thread dies,
 * so does the process.
 */
export class Pulse {
  readonly #seed: PulseSeed;
  readonly #link: WorkerLink;
  readonly #tell: (message: FromPulse) => void;
  readonly #tree: ProcessTree;
  readonly #attempts: AttemptBoard;
  readonly #usage: UsageBoard;
  readonly #logTails: LogTails;
  readonly #guard: Guard;
  readonly #meter: Meter;
  readonly #heartbeat: Heartbeat;
  readonly #ahead: TakenAhead;
  readonly #closeLog: () => void;
  /** They have not begun yet, as far as was seen. */
  #announced: readonly Announced[] = [];
  #boardLook: NodeJS.Timeout | undefined;
  #sampler: NodeJS.Timeout | undefined;
  #parentLook: NodeJS.Timeout | undefined;
  #parentIsGone = false;
  #isGone = false;
  #isAborted = false;
  #givingUp = false;
  #memoryIsInDoubt = false;

  constructor(seed: PulseSeed, link: WorkerLink, tell: (message: FromPulse) => void) {
    this.#seed = seed;
    this.#link = link;
    this.#tell = tell;
    this.#tree = treeOfWorker(seed.workerId, seed.hosting);
    this.#attempts = new AttemptBoard(seed.attempts);
    this.#ahead = new TakenAhead(this.#attempts);
    this.#usage = new UsageBoard(seed.usage);
    this.#logTails = new LogTails(seed.logTails);
    this.#guard = new Guard({
      abortGraceMs: seed.timing.abortGraceMs,
      isOver: (attempt) => this.#attempts.isOver(attempt),
      onStop: ({ taskId, attempt }, { kind: reason, message, graceMs }) => {
        tell({ kind: "stop", taskId, attempt, reason, message, graceMs, askedAt: monotonicMs() });
        this.#lookSoon();
      },
      onOverdue: (attempt) => void this.#giveUp(attempt),
    });
    this.#meter = new Meter(this.#tree, this.#usage);
    this.#heartbeat = new Heartbeat({
      link,
      workerId: seed.workerId,
      ...seed.timing,
      usage: () => this.#sample(),
      onRenewal: (renewal, askedAt) => this.#heed(renewal, askedAt),
      onLost: (error) => tell({ kind: "store_lost", message: String(error) }),
    });
    this.#heartbeat.beat();
    this.#closeLog = keepLog(seed.logPath);
    this.#watchParent();
  }

  hear(message: ToPulse): void {
    this.#look();
    switch (message.kind) {
      case "announce":
        this.#meter.refresh(this.#seed.timing.sampleMs);
        this.#announced = [...this.#announced, ...message.attempts];
        this.#look();
        break;
      case "superseded":
        this.#guard.stop(message, "superseded", "the store refused what the attempt reported");
        break;
      case "release_all":
        this.#link.hurry(farewellMs(this.#seed, this.#parentIsGone));
        this.#guard.stopAll("released", message.message);
        break;
      case "parent_gone":
        void this.#loseParent();
        break;
      case "look":
        this.#heartbeat.beat();
        break;
      case "gone":
        void this.#vanish();
        break;
      case "depart":
        void this.#depart(message.departure);
        break;
    }
  }

  #heed(renewal: Renewal, askedAt: number): void {
    if (renewal.standing === "gone") {
      void (renewal.aborted ? this.#awaitAborter() : this.#vanish());
    } else {
      this.#look();
      if (renewal.standing === "draining") this.#tell({ kind: "draining" });
      this.#guard.heed(renewal, askedAt);
    }
  }

  /** Learns from the board which attempts are over, and which have begun. */
  #look(): void {
    if (this.#isGone) return;
    for (const attempt of this.#guard.attempts) {
      if (this.#attempts.isOver(attempt)) this.#finished(this.#guard.finished(attempt));
    }
    this.#announced = this.#announced.filter((attempt) => !this.#attempts.isOver(attempt));
    const begun = this.#announced.filter((attempt) => this.#begin(attempt));
    if (begun.length > 0) this.#announced = this.#announced.filter((one) => !begun.includes(one));
    if (this.#isAborted) this.#forgetWaiting();
    else this.#endWaiting();
    const isOpen = (one: Watched) => one.stop !== undefined || this.#ahead.isUntold(one);
    if (this.#announced.length > 0 || this.#guard.attempts.some(isOpen)) this.#lookSoon();
  }

  #endWaiting(): void {
    const news = this.#ahead.endWaiting(this.#announced, this.#guard.attempts);
    if (news.settlements.length > 0) {
      this.#announced = this.#announced.filter((attempt) => !this.#attempts.isOver(attempt));
    }
    this.#settle(news).catch((error: unknown) =>
      this.#tell({ kind: "store_lost", message: String(error) }),
    );
  }

  /** None begins any more, and the store is not told: whoever aborted the worker has ended them there. */
  #forgetWaiting(): void {
    for (const attempt of this.#announced) this.#attempts.giveBack(attempt);
    this.#announced = [];
  }

  async #settle({ settlements = [], begun = [] }: Partial<NewsOfAhead>): Promise<void> {
    if (settlements.length === 0 && begun.length === 0) return;
    const { workerId } = this.#seed;
    const now = Date.now();
    await this.#link.settle({ workerId, settlements, begun, limit: 0, now, jitter: Math.random() });
  }

  /** Returns whether it has begun. */
  #begin(attempt: Announced): boolean {
    const startedAt = this.#attempts.startOf(attempt);
    if (startedAt === undefined) return false;
    this.#guard.begin({ ...attempt, startedAt });
    this.#sampler ??= setInterval(() => this.#sample(), this.#seed.timing.sampleMs);
    return true;
  }

  #lookSoon(): void {
    this.#boardLook ??= setTimeout(() => {
      this.#boardLook = undefined;
      this.#look();
    }, boardLookMs);
  }

  #finished(attempt: Watched | undefined): void {
    if (this.#guard.attempts.length === 0) {
      clearInterval(this.#sampler);
      this.#sampler = undefined;
    }
    this.#memoryIsInDoubt ||= attempt?.stop?.kind === "out_of_memory";
    if (this.#guard.attempts.length > 0 || !this.#memoryIsInDoubt) return;
    this.#memoryIsInDoubt = false;
    this.#tellMemory(this.#sample());
  }

  #sample(): WorkerUsage | undefined {
    this.#look();
    const { attempts } = this.#guard;
    const usage = this.#meter.sample(attempts);
    const message = this.#excess(usage);
    if (message === undefined) return usage;
    if (attempts.length === 0) {
      this.#tellMemory(usage);
    } else if (!attempts.some(({ stop }) => stop?.kind === "out_of_memory")) {
      const graceMs = Math.min(memoryGraceMs, this.#seed.timing.abortGraceMs);
      const youngest = attempts.findLast(({ stop }) => stop === undefined);
      if (youngest) this.#guard.stop(youngest, "out_of_memory", message, graceMs);
    }
    return usage;
  }

  #tellMemory(usage: WorkerUsage | undefined): void {
    const excess = this.#excess(usage);
    this.#tell({ kind: "memory", ...(excess !== undefined && { excess }) });
  }

  #excess(usage: WorkerUsage | undefined): string | undefined {
    return excessOf(usage, this.#seed.memoryLimit);
  }

  async #giveUp(attempt: Watched): Promise<void> {
    if (this.#givingUp || this.#isGone) return;
    this.#givingUp = true;
    const killed = await this.#killChildren();
    this.#look();
    if (killed > 0 && this.#guard.attempts.length === 1) {
      await sleep(aftermathMs);
      this.#look();
      if (!this.#guard.has(attempt)) {
        this.#givingUp = false;
        return;
      }
    }
    const { stop } = attempt;
    const message = `task ${attempt.taskId} did not stop within ${span(stop?.graceMs ?? 0)}: ${stop?.message}`;
    await this.#endByForce(message, attempt);
  }

  async #endByForce(reason: string, attempt?: Watched): Promise<void> {
    const { workerId } = this.#seed;
    const now = Date.now();
    const outcome = attempt?.stop && outcomeByForce(attempt.stop, this.#evidenceOf(attempt));
    console.error(`ending the worker: ${reason}`);
    await Promise.allSettled([
      attempt &&
        outcome &&
        this.#settle({
          settlements: [{ ...named(attempt), outcome, ...this.#usage.read(attempt.slot) }],
          begun: this.#ahead.tell([attempt]),
        }),
      this.#link.end({
        workerId,
        event: "fail",
        ending: { reason, ...(this.#seed.hosting === "process" && { signal: "SIGKILL" }) },
        tasks: { kind: "released" },
        now,
        jitter: Math.random(),
      }),
    ]);
    this.#kill();
    this.#tell({ kind: "gave_up", message: reason });
  }

  #evidenceOf({ slot }: Watched): Evidence {
    const { peakMemory } = this.#usage.read(slot);
    return {
      logTail: this.#logTails.of(slot).read(),
      ...(peakMemory !== undefined && { peakMemory }),
    };
  }

  async #awaitAborter(): Promise<void> {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#look();
    await sleep(aborterMs);
    await this.#vanish();
  }

  async #vanish(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#close();
    this.#tell({ kind: "gone" });
    await this.#killChildren();
    this.#tell({ kind: "departed" });
    await sleep(goneGraceMs);
    this.#kill();
  }

  async #loseParent(): Promise<void> {
    if (this.#parentIsGone) return;
    this.#parentIsGone = true;
    clearInterval(this.#parentLook);
    const { sessionId, timing } = this.#seed;
    this.#link.hurry(farewellMs(this.#seed, true));
    const reason = "the process that opened it is gone";
    const closed = sessionId && this.#link.endSession({ sessionId, reason, now: Date.now() });
    this.#tell({ kind: "parent_gone" });
    this.#look();
    this.#guard.stopAll("released", "the worker's parent is gone");
    await Promise.allSettled([closed, sleep(2 * timing.abortGraceMs)]);
    if (this.#givingUp || this.#isGone) return;
    this.#givingUp = true;
    await this.#killChildren();
    await this.#endByForce("its parent is gone, and it did not leave by itself");
  }

  async #depart(departure: Departure): Promise<void> {
    const begun = this.#ahead.tell(this.#guard.attempts);
    this.#isGone = true;
    this.#close();
    const { workerId } = this.#seed;
    try {
      await depart({ link: this.#link, tree: this.#tree, workerId, departure, begun });
      await this.#link.close();
      this.#tell({ kind: "departed" });
    } catch (error) {
      this.#tell({ kind: "departed", error: String(error) });
    }
  }

  #watchParent(): void {
    const { parent } = this.#seed;
    if (parent === undefined) return;
    const isGone = parentLook(parent);
    this.#parentLook = setInterval(() => {
      if (isGone()) void this.#loseParent();
    }, parentLookMs);
  }

  /** Returns how many there were. */
  async #killChildren(): Promise<number> {
    return (await this.#tree.end({ graceMs: 0, keepRoot: true })).ended;
  }

  #kill(): void {
    const { hosting } = this.#seed;
    if (hosting === "process") process.kill(process.pid, "SIGKILL");
    else hosting.ender.postMessage("end");
  }

  #close(): void {
    this.#heartbeat.close();
    this.#guard.close();
    clearTimeout(this.#boardLook);
    this.#closeLog();
    clearInterval(this.#sampler);
    clearInterval(this.#parentLook);
  }
}

function named({ taskId, attempt }: Watched) {
  return { taskId, attempt };
}
