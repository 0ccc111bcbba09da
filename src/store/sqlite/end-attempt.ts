import type { NewEvent } from "../../domain/event.ts";
import type { Failure } from "../../domain/failure.ts";
import { judgeOutcome, type Outcome, type Verdict } from "../../domain/settlement.ts";
import type { RetryPolicy } from "../../domain/task.ts";
import { type TaskState, taskTransitions } from "../../domain/task-state.ts";
import { keepAttempt } from "./attempts.ts";
import { aboutTask, tellDependants } from "./dependants.ts";
import { appendEvent } from "./events.ts";
import { sqlList } from "./guards.ts";
import type { Transaction } from "./transaction.ts";

/** What the end of an attempt needs to know of the task. */
export interface RunningTask {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly session_id: string | null;
  readonly state: TaskState;
  readonly worker_id: string | null;
  readonly attempt: number;
  readonly attempt_limit: number;
  /** None while it was only taken ahead. */
  started_at: number | null;
  readonly max_attempts: number;
  readonly retry_on: RetryPolicy["on"];
  readonly backoff_ms: number;
  readonly max_backoff_ms: number;
  readonly cancel_requested_at: number | null;
}

export const runningColumns = `
  seq, id, type, session_id, state, worker_id, attempt, attempt_limit, started_at, max_attempts,
  retry_on, backoff_ms, max_backoff_ms, cancel_requested_at`;

export interface AttemptEnd {
  readonly task: RunningTask;
  readonly outcome: Outcome;
  readonly peakMemory?: number | undefined;
  readonly cpuMs?: number | undefined;
  readonly now: number;
  readonly jitter: number;
}

/** Applies what `settlement.ts` says to a running task, its attempts and those that wait for it. */
export function endAttempt(tx: Transaction, end: AttemptEnd): Verdict["event"] {
  const { task, outcome, now, jitter } = end;
  const verdict = judgeOutcome(outcome, factsOf(task), now, jitter);
  switch (verdict.event) {
    case "complete":
      completeTask(tx, end, outcome.kind === "completed" ? outcome.result : undefined);
      break;
    case "fail":
      failTask(tx, end, failedOf(outcome));
      break;
    case "cancel":
      cancelTask(tx, end);
      break;
    case "requeue":
      requeueTask(tx, { ...end, failure: failedOf(outcome).failure, runAt: verdict.runAt });
      break;
    case "release":
      releaseTask(tx, end, verdict.attemptLimit);
      break;
  }
  return verdict.event;
}

function factsOf(task: RunningTask) {
  return {
    attempt: task.attempt,
    attemptLimit: task.attempt_limit,
    retry: {
      maxAttempts: task.max_attempts,
      on: task.retry_on,
      backoffMs: task.backoff_ms,
      maxBackoffMs: task.max_backoff_ms,
    },
    cancelRequested: task.cancel_requested_at !== null,
  };
}

type Failed = Extract<Outcome, { kind: "failed" }>;

function failedOf(outcome: Outcome): Failed {
  if (outcome.kind === "failed") return outcome;
  throw new Error(`an attempt that ended ${outcome.kind} was judged as failed`);
}

/** An update that ends or gives back a running task, guarded by the table. */
function endSql(event: "complete" | "fail" | "cancel" | "requeue" | "release", set: string) {
  const { from, to } = taskTransitions[event];
  return `
    update tasks
    set    state = '${to}', started_at = ?, peak_memory = ?, cpu_ms = ?, ${set}
    where  seq = ? and state in (${sqlList(from)})`;
}

const completeSql = endSql("complete", "ended_at = ?, result = ?");
const failSql = endSql("fail", "ended_at = ?, failure = ?, result = ?");
const cancelSql = endSql(
  "cancel",
  "ended_at = ?, cancel_requested_at = ifnull(cancel_requested_at, ended_at), " +
    "cancel_reason = ifnull(cancel_reason, 'its worker stopped it')",
);
const requeueSql = endSql("requeue", "run_at = ?, ready = ?, failure = ?");
const releaseSql = endSql("release", "attempt_limit = ?, ready = 1");

function completeTask(tx: Transaction, end: AttemptEnd, result: unknown): void {
  const document = result === undefined ? null : JSON.stringify(result);
  const { task, now } = end;
  tx.db.run(completeSql, ...measured(end), now, document, task.seq);
  announce(tx, end, { type: "task_completed" });
  tellDependants(tx, { id: task.id, state: "completed" }, now);
}

function failTask(tx: Transaction, end: AttemptEnd, { failure, result }: Failed): void {
  const { task, now } = end;
  const document = result === undefined ? null : JSON.stringify(result);
  tx.db.run(failSql, ...measured(end), now, JSON.stringify(failure), document, task.seq);
  announce(tx, end, {
    type: "task_failed",
    message: failure.message,
    data: { attempt: task.attempt, kind: failure.kind },
  });
  tellDependants(tx, { id: task.id, state: "failed" }, now);
}

function cancelTask(tx: Transaction, end: AttemptEnd): void {
  const { task, now } = end;
  tx.db.run(cancelSql, ...measured(end), now, task.seq);
  announce(tx, end, { type: "task_cancelled" });
  tellDependants(tx, { id: task.id, state: "cancelled" }, now);
}

interface Requeueing extends AttemptEnd {
  readonly failure: Failure;
  readonly runAt: number;
}

function requeueTask(tx: Transaction, end: Requeueing): void {
  const { task, failure, runAt, now } = end;
  const document = JSON.stringify(failure);
  keepEnded(tx, end, { outcome: "failed", failure: document });
  tx.db.run(requeueSql, ...measured(end), runAt, runAt <= now ? 1 : 0, document, task.seq);
  announce(tx, end, {
    type: "task_requeued",
    message: failure.message,
    data: { attempt: task.attempt, kind: failure.kind, runAt },
  });
  tx.ring({ kind: "work", type: task.type });
}

function releaseTask(tx: Transaction, end: AttemptEnd, attemptLimit: number): void {
  const { task } = end;
  keepEnded(tx, end, { outcome: "released", failure: null });
  tx.db.run(releaseSql, ...measured(end), attemptLimit, task.seq);
  const notBegun = task.started_at === null && { begun: false };
  announce(tx, end, { type: "task_released", data: { attempt: task.attempt, ...notBegun } });
  tx.ring({ kind: "work", type: task.type });
}

function measured({ task, peakMemory, cpuMs }: AttemptEnd) {
  return [task.started_at, peakMemory ?? null, cpuMs ?? null] as const;
}

export function ranMs({ started_at }: RunningTask, now: number): number {
  return now - (started_at ?? now);
}

interface Ended {
  readonly outcome: "failed" | "released";
  readonly failure: string | null;
}

function keepEnded(tx: Transaction, { task, now, ...end }: AttemptEnd, ended: Ended): void {
  keepAttempt(tx, task.seq, {
    number: task.attempt,
    worker_id: task.worker_id,
    started_at: task.started_at ?? now,
    ended_at: now,
    peak_memory: end.peakMemory ?? null,
    cpu_ms: end.cpuMs ?? null,
    ...ended,
  });
}

type Announcement = Pick<NewEvent, "type" | "message" | "data">;

function announce(tx: Transaction, { task, now }: AttemptEnd, event: Announcement): void {
  appendEvent(tx, {
    at: now,
    ...aboutTask(task),
    ...(task.worker_id !== null && { workerId: task.worker_id }),
    ...event,
  });
}
