import type { Attempt, AttemptOutcome } from "../../domain/task.ts";
import { finalTaskStates, type TaskState } from "../../domain/task-state.ts";
import type { Connection } from "./connection.ts";
import { getTaskRow } from "./find-task.ts";
import { sqlList } from "./guards.ts";
import type { TaskRow } from "./task-row.ts";
import type { Transaction } from "./transaction.ts";
import type { Writable } from "./writable.ts";

interface AttemptRow {
  readonly number: number;
  readonly worker_id: string | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly outcome: AttemptOutcome | null;
  readonly failure: string | null;
  readonly peak_memory: number | null;
  readonly cpu_ms: number | null;
}

const keepSql = `
  insert into attempts
    (task_seq, number, worker_id, started_at, ended_at, outcome, failure, peak_memory, cpu_ms)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export interface EndedAttempt extends AttemptRow {
  readonly ended_at: number;
  readonly outcome: AttemptOutcome;
}

export function keepAttempt(tx: Transaction, seq: number, attempt: EndedAttempt): void {
  tx.db.run(
    keepSql,
    seq,
    attempt.number,
    attempt.worker_id,
    attempt.started_at,
    attempt.ended_at,
    attempt.outcome,
    attempt.failure,
    attempt.peak_memory,
    attempt.cpu_ms,
  );
}

const keepLatestSql = `
  insert or ignore into attempts
    (task_seq, number, worker_id, started_at, ended_at, outcome, failure, peak_memory, cpu_ms)
  select seq, attempt, worker_id, ifnull(started_at, ended_at), ended_at, state,
         case state when 'failed' then failure end, peak_memory, cpu_ms
  from   tasks
  where  seq = ? and attempt > 0 and state in (${sqlList(finalTaskStates)})`;

/** Before an ended task starts over: its row will hold the next attempt. */
export function keepLatestAttempt(tx: Transaction, seq: number): void {
  tx.db.run(keepLatestSql, seq);
}

const keptSql = "select * from attempts where task_seq = ? order by number";

export function attemptsOf(db: Connection, taskId: string): Attempt[] {
  const task = getTaskRow(db, taskId);
  const rows = db.all<AttemptRow>(keptSql, task.seq);
  const isListed = task.attempt <= (rows.at(-1)?.number ?? 0);
  const isOnlyTaken = task.state === "running" && task.started_at === null;
  if (!isListed && !isOnlyTaken) rows.push(latestAttempt(task));
  return rows.map((row) => attemptOf(taskId, row));
}

function latestAttempt(task: TaskRow): AttemptRow {
  const outcome = outcomeOf(task.state);
  return {
    number: task.attempt,
    worker_id: task.worker_id,
    started_at: task.started_at ?? task.ended_at ?? task.created_at,
    ended_at: outcome === null ? null : task.ended_at,
    outcome,
    failure: outcome === "failed" ? task.failure : null,
    peak_memory: task.peak_memory,
    cpu_ms: task.cpu_ms,
  };
}

function outcomeOf(state: TaskState): AttemptOutcome | null {
  return state === "completed" || state === "failed" || state === "cancelled" ? state : null;
}

function attemptOf(taskId: string, row: AttemptRow): Attempt {
  const attempt: Writable<Attempt> = { taskId, number: row.number, startedAt: row.started_at };
  if (row.worker_id !== null) attempt.workerId = row.worker_id;
  if (row.ended_at !== null) attempt.endedAt = row.ended_at;
  if (row.outcome !== null) attempt.outcome = row.outcome;
  if (row.failure !== null) attempt.failure = JSON.parse(row.failure);
  if (row.peak_memory !== null) attempt.peakMemory = row.peak_memory;
  if (row.cpu_ms !== null) attempt.cpuMs = row.cpu_ms;
  return attempt;
}
