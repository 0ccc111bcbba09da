import { type FailureKind, failureKinds } from "../../domain/failure.ts";
import { judgeOutcome, type Outcome } from "../../domain/settlement.ts";
import type { AttemptOutcome, NewTask } from "../../domain/task.ts";
import { isFinal, nextTaskState, type TaskEvent, type TaskState } from "../../domain/task-state.ts";

/** What a model knows of a task. */
export interface ModelTask {
  readonly task: NewTask;
  readonly seq: number;
  state: TaskState;
  attempt: number;
  attemptLimit: number;
  runAt: number;
  workerId: string | undefined;
  /** Of the latest attempt: it was not only taken ahead. */
  hasBegun: boolean;
  cancelRequested: boolean;
  readonly attempts: { outcome: AttemptOutcome | undefined; workerId: string }[];
}

export interface ModelWorker {
  readonly id: string;
  readonly sessionId: string | undefined;
  ended: boolean;
  draining: boolean;
  completed: number;
  failed: number;
}

/**
 * The store's contract as simply as it can be said: plain arrays, no indexes, no transactions.
 * It is slow and obvious, and the real store must agree with it after every step.
 */
export class ModelStore {
  readonly tasks: ModelTask[] = [];
  readonly workers: ModelWorker[] = [];
  readonly endedSessions = new Set<string>();
  isPaused = false;
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  submit(task: NewTask): ModelTask {
    const known = this.tasks.find(({ task: { key } }) => key !== undefined && key === task.key);
    if (known !== undefined) return known;
    const added: ModelTask = {
      task,
      seq: this.tasks.length,
      state: "pending",
      attempt: 0,
      attemptLimit: task.retry.maxAttempts,
      runAt: task.runAt ?? 0,
      workerId: undefined,
      hasBegun: false,
      cancelRequested: false,
      attempts: [],
    };
    this.tasks.push(added);
    if (this.#isLost(added)) added.state = "cancelled";
    else if (this.#isWaiting(added)) added.state = "blocked";
    return added;
  }

  addWorker(id: string, sessionId: string | undefined): void {
    const counts = { completed: 0, failed: 0 };
    this.workers.push({ id, sessionId, ended: false, draining: false, ...counts });
  }

  claim(workerId: string, { limit, ahead }: Appetite): ModelTask[] {
    const worker = this.worker(workerId);
    if (worker.ended || worker.draining || this.isPaused) return [];
    const due = this.tasks
      .filter(({ state, runAt }) => state === "pending" && runAt <= this.now)
      .filter(({ task }) => worker.sessionId === undefined || worker.sessionId === task.sessionId)
      .toSorted((a, b) => b.task.priority - a.task.priority || a.seq - b.seq)
      .slice(0, limit + ahead);
    const stays = due.findIndex((task, at) => at >= limit && !mayBeTakenAhead(task));
    if (stays >= 0) due.length = stays;
    for (const [at, task] of due.entries()) {
      this.#move(task, "claim");
      task.hasBegun = at < limit;
      task.attempt++;
      task.workerId = workerId;
      task.attempts.push({ outcome: undefined, workerId });
    }
    return due;
  }

  /** Returns whether the store must accept it. */
  settle(settling: Settling): boolean {
    const { task, attempt, workerId } = settling;
    const worker = this.worker(workerId);
    if (worker.ended) return false;
    const isCurrent = task.state === "running" && task.attempt === attempt;
    if (!isCurrent || task.workerId !== workerId) {
      const known = task.attempts[attempt - 1];
      return known?.outcome !== undefined && known.workerId === workerId;
    }
    this.#end(settling, worker);
    return true;
  }

  begin(task: ModelTask): void {
    if (task.state === "running" && !this.worker(task.workerId ?? "").ended) task.hasBegun = true;
  }

  endWorker(workerId: string, outcome: Outcome, jitter: number): void {
    const worker = this.worker(workerId);
    if (worker.ended) return;
    for (const task of this.heldBy(workerId)) {
      const end: Outcome = task.hasBegun || isFinalSay(outcome) ? outcome : { kind: "released" };
      this.#end({ task, attempt: task.attempt, workerId, outcome: end, jitter }, worker);
    }
    worker.ended = true;
  }

  /** Returns whether the table allows it. */
  cancel(task: ModelTask): boolean {
    if (task.state === "cancelled") return true;
    if (isFinal(task.state)) return false;
    if (task.state === "running") task.cancelRequested = true;
    else this.#finish(task, "cancel");
    return true;
  }

  /** Returns whether the table, and what it waits for, allow it. */
  retry(task: ModelTask): boolean {
    if (task.state !== "failed" && task.state !== "cancelled") return false;
    if (this.#isLost(task)) return false;
    this.#move(task, this.#isWaiting(task) ? "reblock" : "revive");
    task.attemptLimit = task.attempt + task.task.retry.maxAttempts;
    task.cancelRequested = false;
    if (task.attempt > 0) task.runAt = 0;
    return true;
  }

  endSession(sessionId: string): void {
    if (this.endedSessions.has(sessionId)) return;
    this.endedSessions.add(sessionId);
    for (const worker of this.workers) if (worker.sessionId === sessionId) worker.draining = true;
    const open = this.tasks.filter(
      ({ task, state }) => task.sessionId === sessionId && !isFinal(state),
    );
    for (const task of open) this.cancel(task);
  }

  heldBy(workerId: string): ModelTask[] {
    return this.tasks.filter((task) => task.state === "running" && task.workerId === workerId);
  }

  worker(id: string): ModelWorker {
    const worker = this.workers.find((candidate) => candidate.id === id);
    if (worker === undefined) throw new Error(`no worker ${id}`);
    return worker;
  }

  #end({ task, outcome, jitter }: Settling, worker: ModelWorker): void {
    const facts = { ...task, retry: task.task.retry };
    const verdict = judgeOutcome(outcome, facts, this.now, jitter);
    const attempt = task.attempts.at(-1);
    if (attempt !== undefined) attempt.outcome = outcomeOf[verdict.event];
    if (verdict.event === "complete") worker.completed++;
    if (verdict.event === "fail" || verdict.event === "requeue") worker.failed++;
    if (verdict.event === "requeue") task.runAt = verdict.runAt;
    if (verdict.event === "release") task.attemptLimit = verdict.attemptLimit;
    if (verdict.event === "requeue" || verdict.event === "release") this.#move(task, verdict.event);
    else this.#finish(task, verdict.event);
  }

  #finish(task: ModelTask, event: TaskEvent): void {
    this.#move(task, event);
    for (const waiting of this.tasks) {
      if (waiting.state !== "blocked" || !waiting.task.after.includes(task.task.id)) continue;
      if (this.#isLost(waiting)) this.#finish(waiting, "skip");
      else if (!this.#isWaiting(waiting)) this.#move(waiting, "unblock");
    }
  }

  #move(task: ModelTask, event: TaskEvent): void {
    task.state = nextTaskState(task.state, event);
  }

  #isWaiting(task: ModelTask): boolean {
    return this.#dependencies(task).some(({ state }) => !isFinal(state));
  }

  #isLost(task: ModelTask): boolean {
    if (task.task.onDependencyFailure === "run") return false;
    return this.#dependencies(task).some(
      ({ state }) => state === "failed" || state === "cancelled",
    );
  }

  #dependencies({ task }: ModelTask): ModelTask[] {
    return this.tasks.filter((candidate) => task.after.includes(candidate.task.id));
  }
}

/** Not to be run again by itself. */
function isFinalSay(outcome: Outcome): boolean {
  return outcome.kind === "failed" && failureKinds[outcome.failure.kind].again !== "by_itself";
}

export interface Appetite {
  readonly limit: number;
  readonly ahead: number;
}

function mayBeTakenAhead({ attempt, task }: ModelTask): boolean {
  return attempt === 0 && task.retry.maxAttempts > 1;
}

export interface Settling {
  readonly task: ModelTask;
  readonly attempt: number;
  readonly workerId: string;
  readonly outcome: Outcome;
  readonly jitter: number;
}

const outcomeOf = {
  complete: "completed",
  fail: "failed",
  requeue: "failed",
  cancel: "cancelled",
  release: "released",
} as const;

export const modelFailures: readonly FailureKind[] = [
  "user_error",
  "handler_error",
  "worker_died",
  "aborted",
];
