import type { Connection } from "./connection.ts";
import { type TaskCells, taskColumns, taskRowOf } from "./task-cells.ts";
import type { TaskRow } from "./task-row.ts";
import type { Transaction } from "./transaction.ts";
import type { WorkerFacts } from "./worker-facts.ts";

/**
 * Which tasks are a worker's to take, in which order: read off partial indexes that hold nothing
 * else, so the cost is the same for ten queued tasks and for a million.
 *
 * A task whose `run_at` lies in the future has `ready = 0`, which keeps it out of the index of
 * due tasks; claims promote those whose time has come.
 */
export interface DueTask {
  readonly seq: number;
  readonly expected_memory: number | null;
}

/** The limit is part of the text: one that is bound has SQLite prepare again each time (5 µs). */
export function dueSql(
  index: "tasks_due" | "tasks_due_in_session",
  limit: number,
  columns = "seq, expected_memory",
): string {
  return `
    select   ${columns}
    from     tasks indexed by ${index}
    where    ${index === "tasks_due" ? "" : "session_id = ? and"}
             type = ? and queue = ? and state = 'pending' and ready = 1
    order by priority desc, seq
    limit    ${Math.trunc(limit)}`;
}

export function nextDueSql(index: "tasks_waiting" | "tasks_waiting_in_session"): string {
  return `
    select min(run_at) as run_at
    from   tasks indexed by ${index}
    where  ${index === "tasks_waiting" ? "" : "session_id = ? and"}
           type = ? and queue = ? and state = 'pending' and ready = 0`;
}

export const promoteSql = `
  update tasks indexed by tasks_waiting
  set    ready = 1
  where  type = ? and queue = ? and state = 'pending' and ready = 0 and run_at <= ?`;

const nextSql = nextDueSql("tasks_waiting");
const nextInSessionSql = nextDueSql("tasks_waiting_in_session");

export function dueTasks(db: Connection, worker: WorkerFacts, limit: number): DueTask[] {
  const sql = dueSql(dueIndex(worker), limit);
  return db.all<DueTask>(sql, ...scopeOf(worker));
}

export function dueRows(db: Connection, worker: WorkerFacts, limit: number): TaskRow[] {
  const sql = dueSql(dueIndex(worker), limit, taskColumns);
  return db.allCells<TaskCells>(sql, ...scopeOf(worker)).map(taskRowOf);
}

function dueIndex({ session_id }: WorkerFacts): "tasks_due" | "tasks_due_in_session" {
  return session_id === null ? "tasks_due" : "tasks_due_in_session";
}

function scopeOf({ session_id, type, queue }: WorkerFacts): string[] {
  return session_id === null ? [type, queue] : [session_id, type, queue];
}

/** When the first task that has not been promoted yet becomes, or became, due. */
export function nextDue(db: Connection, worker: WorkerFacts): number | undefined {
  const { session_id, type, queue } = worker;
  const row =
    session_id === null
      ? db.get<{ run_at: number | null }>(nextSql, type, queue)
      : db.get<{ run_at: number | null }>(nextInSessionSql, session_id, type, queue);
  return row?.run_at ?? undefined;
}

/** Returns when the first of those that are left becomes due. */
export function promoteDue(tx: Transaction, worker: WorkerFacts, now: number): number | undefined {
  const next = nextDue(tx.db, worker);
  if (next === undefined || next > now) return next;
  tx.db.run(promoteSql, worker.type, worker.queue, now);
  return nextDue(tx.db, worker);
}
