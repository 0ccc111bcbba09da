import type { Task } from "../../domain/task.ts";
import { taskTransitions } from "../../domain/task-state.ts";
import { isLive } from "../../domain/worker-state.ts";
import type { Claim, ClaimParams } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { aboutTask } from "./dependants.ts";
import { appendEvent } from "./events.ts";
import { sqlList } from "./guards.ts";
import { memoryRoom } from "./memory-room.ts";
import { type TaskRow, taskOf } from "./task-row.ts";
import type { Transaction } from "./transaction.ts";
import {
  aboutWorker,
  countHeld,
  findWorkerFacts,
  moveWorker,
  type WorkerFacts,
} from "./worker-facts.ts";

/** How many tasks that expect too much memory may be passed over: the cost of a claim stays flat. */
const maxPassedOver = 100;

const { from, to } = taskTransitions.claim;

function dueSql(index: string, session: string): string {
  return `
    select   seq, expected_memory
    from     tasks indexed by ${index}
    where    ${session} type = ? and queue = ? and state = 'pending' and ready = 1
    order by priority desc, seq
    limit    ?`;
}

export const dueTasksSql = {
  anyones: dueSql("tasks_due", ""),
  ofSession: dueSql("tasks_due_in_session", "session_id = ? and"),
};

function waitingSql(index: string, session: string): string {
  return `
    select min(run_at) as run_at
    from   tasks indexed by ${index}
    where  ${session} type = ? and queue = ? and state = 'pending' and ready = 0`;
}

export const nextDueSql = {
  anyones: waitingSql("tasks_waiting", ""),
  ofSession: waitingSql("tasks_waiting_in_session", "session_id = ? and"),
};

export const promoteSql = `
  update tasks indexed by tasks_waiting
  set    ready = 1
  where  type = ? and queue = ? and state = 'pending' and ready = 0 and run_at <= ?`;

const takeSql = `
  update tasks
  set    state       = '${to}',
         attempt     = attempt + 1,
         worker_id   = ?,
         started_at  = ?,
         progress    = null,
         peak_memory = null,
         cpu_ms      = null
  where  seq = ? and state in (${sqlList(from)})
  returning *`;

export function claim(tx: Transaction, params: ClaimParams): Claim {
  const worker = findWorkerFacts(tx.db, params.workerId);
  return worker === undefined ? { tasks: [], standing: "gone" } : claimFor(tx, worker, params);
}

export function claimFor(tx: Transaction, worker: WorkerFacts, params: ClaimParams): Claim {
  if (!isLive(worker.status)) return { tasks: [], standing: "gone" };
  if (worker.status === "draining") return { tasks: [], standing: "draining" };
  const claimant = params.limit > 0 ? responding(tx, worker, params.now) : worker;
  if (params.limit <= 0 || !mayTake(claimant)) return { tasks: [], standing: "live" };
  const nextDueAt = promoteDue(tx, claimant, params.now);
  const tasks = pickDue(tx, claimant, params).map((seq) => take(tx, { seq, worker, ...params }));
  if (tasks.length > 0) moveWorker(tx, claimant, "take");
  return { tasks, standing: "live", ...(nextDueAt !== undefined && { nextDueAt }) };
}

/**
 * Answers a claim that would get nothing without asking for the write lock, so that a crowd of
 * idle workers disturbs nobody. `undefined` when it has to be made in earnest.
 */
export function claimNothing(db: Connection, params: ClaimParams): Claim | undefined {
  const worker = findWorkerFacts(db, params.workerId);
  if (worker === undefined || !isLive(worker.status)) return { tasks: [], standing: "gone" };
  if (worker.status === "draining") return { tasks: [], standing: "draining" };
  if (!mayTake(worker) || params.limit <= 0) return undefined;
  const nextDueAt = nextDue(db, worker);
  if (nextDueAt !== undefined && nextDueAt <= params.now) return undefined;
  if (dueTasks(db, worker, 1).length > 0) return undefined;
  return { tasks: [], standing: "live", ...(nextDueAt !== undefined && { nextDueAt }) };
}

function mayTake({ status }: WorkerFacts): boolean {
  return status === "idle" || status === "busy";
}

/** A hung worker with nothing in hand that asks for work responds. */
function responding(tx: Transaction, worker: WorkerFacts, now: number): WorkerFacts {
  if (worker.status !== "hung" || countHeld(tx.db, worker.id) > 0) return worker;
  appendEvent(tx, { type: "worker_responding", at: now, ...aboutWorker(worker) });
  return moveWorker(tx, worker, "rest");
}

/** Returns when the first of those that are left becomes due. */
function promoteDue(tx: Transaction, worker: WorkerFacts, now: number): number | undefined {
  const next = nextDue(tx.db, worker);
  if (next === undefined || next > now) return next;
  tx.db.run(promoteSql, worker.type, worker.queue, now);
  return nextDue(tx.db, worker);
}

function nextDue(db: Connection, { session_id, type, queue }: WorkerFacts): number | undefined {
  const row =
    session_id === null
      ? db.get<{ run_at: number | null }>(nextDueSql.anyones, type, queue)
      : db.get<{ run_at: number | null }>(nextDueSql.ofSession, session_id, type, queue);
  return row?.run_at ?? undefined;
}

interface DueTask {
  readonly seq: number;
  readonly expected_memory: number | null;
}

function dueTasks(db: Connection, worker: WorkerFacts, limit: number): DueTask[] {
  const { session_id, type, queue } = worker;
  return session_id === null
    ? db.all<DueTask>(dueTasksSql.anyones, type, queue, limit)
    : db.all<DueTask>(dueTasksSql.ofSession, session_id, type, queue, limit);
}

function pickDue(tx: Transaction, worker: WorkerFacts, params: ClaimParams): number[] {
  const { limit, memoryFree } = params;
  const first = dueTasks(tx.db, worker, limit);
  const isOrdinary = (task: DueTask) => (task.expected_memory ?? 0) <= worker.expected_memory;
  if (memoryFree === undefined || first.every(isOrdinary)) return first.map(({ seq }) => seq);
  const room = memoryRoom(tx.db, worker, memoryFree);
  return dueTasks(tx.db, worker, limit + maxPassedOver)
    .filter((task) => room.admits(task.expected_memory ?? worker.expected_memory))
    .slice(0, limit)
    .map(({ seq }) => seq);
}

interface Taking {
  readonly seq: number;
  readonly worker: WorkerFacts;
  readonly now: number;
}

function take(tx: Transaction, { seq, worker, now }: Taking): Task {
  const row = tx.db.get<TaskRow>(takeSql, worker.id, now, seq);
  if (row === undefined) throw new Error(`the task in row ${seq} was due and then was not`);
  appendEvent(tx, {
    type: "task_started",
    at: now,
    workerId: worker.id,
    ...aboutTask(row),
  });
  return taskOf(row.attempt > 1 ? { ...row, checkpoint: checkpointOf(tx, seq) } : row);
}

function checkpointOf(tx: Transaction, seq: number): string | null {
  const sql = "select document from checkpoints where task_seq = ?";
  return tx.db.get<{ document: string }>(sql, seq)?.document ?? null;
}
