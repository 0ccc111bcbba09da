import type { LaunchDocument } from "../domain/launch.ts";
import type { Task } from "../domain/task.ts";
import type { WorkerLink } from "../link/worker-link.ts";
import { removeCheckpoint } from "../machine/checkpoint-folder.ts";
import type { Claim, Settled, Settlement, Watch } from "../store/task-store.ts";
import { Attempt, type AttemptWatch } from "./attempt/attempt.ts";
import type { StopReason, WorkerDefinition } from "./handler.ts";
import { type LongTimer, startTimer } from "./long-timer.ts";
import { monotonicMs } from "./monotonic.ts";
import { Pace } from "./pace.ts";

export interface ClaimLoopParams {
  readonly launch: LaunchDocument;
  readonly link: WorkerLink;
  readonly definition: WorkerDefinition;
  /** For each of the tasks, which are begun at once, or taken ahead. */
  readonly watch: (tasks: readonly Task[]) => readonly AttemptWatch[];
  readonly memoryFree: () => number | undefined;
  readonly onStanding: (standing: "draining" | "gone") => void;
  readonly onLost: (error: unknown) => void;
}

/**
 * Keeps a worker's slots filled.
 *
 * One call to the store is under way at a time. It carries all outcomes that are ready, and
 * claims for the slots that are free or become so by it; what gets ready meanwhile goes with the
 * next. A call is made when an attempt has ended, when the bell rings, when the next task
 * becomes due, and, while a slot is free, every `pollMs` in case a ring was lost.
 *
 * While its tasks are short (`pace.ts`) a worker takes some ahead: they wait here, and begin in the
 * moment in which a slot gets free. What has not begun some milliseconds later, because one turned
 * out to be long, is given back by the pulse, and the store is told what has.
 */
export class ClaimLoop {
  readonly #params: ClaimLoopParams;
  readonly #running = new Map<string, Attempt>();
  /** Claimed, and not begun yet, in the order in which they begin. */
  #reserve: AtHand[] = [];
  readonly #pace: Pace;
  #ready: Settlement[] = [];
  #bell: Watch | undefined;
  #poll: NodeJS.Timeout | undefined;
  #due: LongTimer | undefined;
  #rung = false;
  #turning = false;
  /** Of the attempts that are about to be settled. */
  readonly #haveFolders = new Set<string>();
  #claiming = false;
  #paused = false;
  #abandoned = false;
  #settled = 0;
  readonly #quiet = Promise.withResolvers<void>();

  constructor(params: ClaimLoopParams) {
    this.#params = params;
    this.#pace = new Pace(params.launch.concurrency);
  }

  /** How many attempts it has ended. */
  get settled(): number {
    return this.#settled;
  }

  start(): void {
    const { launch, link } = this.#params;
    const { workerId, type, timing } = launch;
    this.#claiming = true;
    this.#bell = link.watch({ workerId, type }, () => this.#ring());
    this.#poll = setInterval(() => this.#ring(), timing.pollMs);
    this.#ring();
  }

  /** While it is unsure whether the worker may take more. */
  pause(paused: boolean): void {
    this.#paused = paused;
    if (paused) return;
    this.#fill();
    this.#ring();
  }

  /** Resolves once nothing runs any more and every outcome is kept. */
  finish(): Promise<void> {
    this.#stopListening();
    this.#ready.push(...this.#reserve.flatMap(givenBack));
    this.#reserve = [];
    void this.#turn();
    return this.#quiet.promise;
  }

  stop(
    name: { readonly taskId: string; readonly attempt: number },
    reason: StopReason,
    askedAt: number,
  ): void {
    const attempt = this.#running.get(name.taskId);
    if (attempt?.task.attempt !== name.attempt) return;
    if (reason.kind === "out_of_memory") this.pause(true);
    attempt.stop(reason, askedAt);
  }

  /** Stops everything, and tells the store nothing more. */
  abandon(reason: StopReason): void {
    this.#abandoned = true;
    this.#stopListening();
    for (const attempt of this.#running.values()) attempt.stop(reason);
  }

  #stopListening(): void {
    this.#claiming = false;
    this.#bell?.close();
    clearInterval(this.#poll);
    this.#due?.clear();
  }

  #ring(): void {
    this.#rung = true;
    void this.#turn();
  }

  async #turn(): Promise<void> {
    if (this.#turning) return;
    this.#turning = true;
    try {
      while (this.#hasBusiness()) await this.#callStore();
    } catch (error) {
      if (!this.#abandoned) this.#params.onLost(error);
      this.#abandoned = true;
    }
    this.#turning = false;
    if (!this.#claiming && this.#running.size === 0 && !this.#hasBusiness()) this.#quiet.resolve();
  }

  #hasBusiness(): boolean {
    if (this.#abandoned) return false;
    return this.#ready.length > 0 || (this.#rung && this.#freeSlots() > 0);
  }

  #freeSlots(): number {
    if (!this.#claiming || this.#paused) return 0;
    return this.#params.launch.concurrency - this.#running.size;
  }

  #roomAhead(): number {
    if (!this.#claiming || this.#paused) return 0;
    return Math.max(0, this.#pace.ahead - this.#reserve.length);
  }

  async #callStore(): Promise<void> {
    const { link, memoryFree, launch } = this.#params;
    const settlements = this.#ready;
    this.#ready = [];
    this.#rung = false;
    const free = memoryFree();
    const claim = {
      workerId: launch.workerId,
      limit: this.#freeSlots(),
      ahead: this.#roomAhead(),
      now: Date.now(),
      ...(free !== undefined && { memoryFree: free }),
    };
    if (settlements.length === 0) return this.#take(await link.claim(claim));
    const settled = await link.settle({ ...claim, settlements, jitter: Math.random() });
    this.#afterSettling(settlements, settled);
    this.#take(settled.claim);
  }

  #afterSettling(settlements: readonly Settlement[], { standings }: Settled): void {
    for (const [at, { taskId, outcome, startedAt }] of settlements.entries()) {
      const hasFolder = this.#haveFolders.delete(taskId);
      if (standings[at] !== "accepted" || startedAt === undefined) continue;
      this.#settled++;
      if (outcome.kind === "completed" && hasFolder) this.#removeCheckpoint(taskId);
    }
  }

  #removeCheckpoint(taskId: string): void {
    removeCheckpoint(this.#params.launch.checkpointFolder, taskId).catch((error: unknown) => {
      console.error(`the checkpoint folder of ${taskId} could not be removed: ${String(error)}`);
    });
  }

  #take({ tasks, nextDueAt, standing }: Claim): void {
    if (standing !== "live") this.#params.onStanding(standing);
    this.#due?.clear();
    if (nextDueAt !== undefined && this.#claiming) {
      this.#due = startTimer(nextDueAt - Date.now(), () => this.#ring());
    }
    const atHand = this.#atHand(tasks);
    if (this.#claiming && !this.#paused) this.#reserve.push(...atHand);
    else if (!this.#abandoned) this.#ready.push(...atHand.flatMap(givenBack));
    this.#fill();
  }

  #atHand(tasks: readonly Task[]): readonly AtHand[] {
    const watches = this.#params.watch(tasks);
    return watches.flatMap((watch, at) => {
      const task = tasks[at];
      return task === undefined ? [] : [{ task, watch }];
    });
  }

  /** Begins as many as there are slots for. */
  #fill(): void {
    while (this.#freeSlots() > 0) {
      const next = this.#reserve.shift();
      if (next === undefined) return;
      if (next.watch.begin()) this.#begin(next);
      else this.#pace.gaveBack();
    }
  }

  #begin({ task, watch }: AtHand): void {
    const { launch, link, definition } = this.#params;
    const { workerId, checkpointFolder } = launch;
    const { id: taskId, attempt: number } = task;
    const begunAt = monotonicMs();
    const attempt = new Attempt({
      task,
      workerId,
      definition,
      checkpointFolder,
      watch,
      report: (report) =>
        link.report({ workerId, taskId, attempt: number, now: Date.now(), ...report }),
      now: Date.now,
    });
    this.#running.set(taskId, attempt);
    void attempt.settlement.then((settlement) => {
      this.#pace.note(monotonicMs() - begunAt);
      this.#ended(attempt, settlement);
    });
  }

  #ended(attempt: Attempt, settlement: Settlement | undefined): void {
    const { id: taskId } = attempt.task;
    this.#running.delete(taskId);
    if (settlement !== undefined) this.#ready.push(settlement);
    if (settlement !== undefined && attempt.mayHaveFolder) this.#haveFolders.add(taskId);
    this.#rung = true;
    this.#fill();
    if (this.#running.size === 0) void this.#turn();
    else setImmediate(() => void this.#turn()); // others that end in this turn go with it
  }
}

/** Claimed, and not begun yet. */
interface AtHand {
  readonly task: Task;
  readonly watch: AttemptWatch;
}

/** The worker may not begin it any more: it was told to leave, or to wait. */
function givenBack({ task: { id: taskId, attempt }, watch }: AtHand): readonly Settlement[] {
  return watch.giveBack() ? [{ taskId, attempt, outcome: { kind: "released" } }] : [];
}
