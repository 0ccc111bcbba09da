import type { Task } from "../../domain/task.ts";
import { taskTransitions } from "../../domain/task-state.ts";
import { isLive } from "../../domain/worker-state.ts";
import type { Claim, ClaimParams } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { type DueTask, dueRows, dueTasks, nextDue, promoteDue } from "./due-tasks.ts";
import { appendEvent } from "./events.ts";
import { sqlList } from "./guards.ts";
import { memoryRoom } from "./memory-room.ts";
import { isPaused } from "./pauses.ts";
import { saveWorker } from "./save-worker.ts";
import { type TaskRow, taskOf } from "./task-row.ts";
import { tellStart } from "./task-start.ts";
import type { Transaction } from "./transaction.ts";
import {
  aboutWorker,
  after,
  countHeld,
  findWorkerFacts,
  type WorkerFacts,
} from "./worker-facts.ts";

/** A worker that asks for more gets this many. */
const maxClaimed = 1_000;

/** How many tasks that expect too much memory may be passed over: the cost of a claim stays flat. */
const maxPassedOver = 100;

const { from, to } = taskTransitions.claim;

const takeSql = `
  update tasks
  set    state       = '${to}',
         attempt     = attempt + 1,
         worker_id   = ?,
         started_at  = ?, -- none while it is only taken ahead
         progress    = null,
         peak_memory = null,
         cpu_ms      = null
  where  seq = ? and state in (${sqlList(from)})`;

/** For more than a few: 2 µs a row instead of 3. */
const takeManySql = takeSql.replace("seq = ?", "seq in (select value from json_each(?))");
const many = 16;

/** A claim, and the worker as it is then; whoever asked saves it. */
export interface Claimed {
  readonly claim: Claim;
  readonly worker: WorkerFacts;
}

export function claim(tx: Transaction, params: ClaimParams): Claim {
  const before = findWorkerFacts(tx.db, params.workerId);
  if (before === undefined) return { tasks: [], standing: "gone" };
  const claimed = claimFor(tx, before, params);
  saveWorker(tx, { before, after: claimed.worker });
  return claimed.claim;
}

export function claimFor(tx: Transaction, asking: WorkerFacts, params: ClaimParams): Claimed {
  const standing = standingOf(asking);
  if (standing !== "live" || wanted(params) <= 0) {
    return { claim: { tasks: [], standing }, worker: asking };
  }
  const worker = responding(tx, asking, params.now);
  if (!mayTake(worker)) return { claim: { tasks: [], standing }, worker };
  if (isPaused(tx.db, worker)) return { claim: { tasks: [], standing }, worker };
  const nextDueAt = promoteDue(tx, worker, params.now);
  const rows = pickDue(tx, worker, params);
  const tasks = [
    ...take(tx, { rows: rows.slice(0, params.limit), worker, startedAt: params.now }),
    ...take(tx, { rows: rows.slice(params.limit), worker, startedAt: null }),
  ];
  return {
    claim: { tasks, standing, ...(nextDueAt !== undefined && { nextDueAt }) },
    worker: tasks.length > 0 ? after(worker, "take") : worker,
  };
}

/**
 * Answers a claim that would get nothing without asking for the write lock, so that a crowd of
 * idle workers disturbs nobody. `undefined` when it has to be made in earnest.
 */
export function claimNothing(db: Connection, params: ClaimParams): Claim | undefined {
  const worker = findWorkerFacts(db, params.workerId);
  if (worker === undefined) return { tasks: [], standing: "gone" };
  const standing = standingOf(worker);
  if (standing !== "live") return { tasks: [], standing };
  if (!mayTake(worker)) return undefined;
  if (isPaused(db, worker)) return { tasks: [], standing };
  const nextDueAt = nextDue(db, worker);
  if (nextDueAt !== undefined && nextDueAt <= params.now) return undefined;
  if (dueTasks(db, worker, 1).length > 0) return undefined;
  return { tasks: [], standing, ...(nextDueAt !== undefined && { nextDueAt }) };
}

function standingOf({ status }: WorkerFacts): Claim["standing"] {
  if (status === "draining") return "draining";
  return isLive(status) ? "live" : "gone";
}

function mayTake({ status }: WorkerFacts): boolean {
  return status === "idle" || status === "busy";
}

/** A hung worker with nothing in hand that asks for work responds. */
function responding(tx: Transaction, worker: WorkerFacts, now: number): WorkerFacts {
  if (worker.status !== "hung" || countHeld(tx.db, worker.id) > 0) return worker;
  appendEvent(tx, { type: "worker_responding", at: now, ...aboutWorker(worker) });
  return after(worker, "rest");
}

function wanted({ limit, ahead = 0 }: ClaimParams): number {
  return Math.min(limit + ahead, maxClaimed);
}

function pickDue(tx: Transaction, worker: WorkerFacts, params: ClaimParams): TaskRow[] {
  const rows = pickFitting(tx, worker, params);
  const firstToStay = rows.findIndex((row, at) => at >= params.limit && !mayBeTakenAhead(row));
  return firstToStay < 0 ? rows : rows.slice(0, firstToStay);
}

/** If its worker dies, it will run again without that having been counted. */
function mayBeTakenAhead({ attempt, max_attempts }: TaskRow): boolean {
  return attempt === 0 && max_attempts > 1;
}

function pickFitting(tx: Transaction, worker: WorkerFacts, params: ClaimParams): TaskRow[] {
  const limit = wanted(params);
  const first = dueRows(tx.db, worker, limit);
  const isOrdinary = (task: DueTask) => (task.expected_memory ?? 0) <= worker.expected_memory;
  if (params.memoryFree === undefined || first.every(isOrdinary)) return first;
  const room = memoryRoom(tx.db, worker, params.memoryFree);
  const fitting: TaskRow[] = [];
  for (const { seq, expected_memory } of dueTasks(tx.db, worker, limit + maxPassedOver)) {
    if (fitting.length === limit) break;
    if (room.admits(expected_memory ?? worker.expected_memory)) fitting.push(rowAt(tx, seq));
  }
  return fitting;
}

function rowAt(tx: Transaction, seq: number): TaskRow {
  const row = tx.db.get<TaskRow>("select * from tasks where seq = ?", seq);
  if (row === undefined) throw new Error(`the task in row ${seq} was due and then was not`);
  return row;
}

interface Taking {
  readonly rows: readonly TaskRow[];
  readonly worker: WorkerFacts;
  /** None for those that are only taken ahead. */
  readonly startedAt: number | null;
}

const notYet = { progress: null, peak_memory: null, cpu_ms: null };

/** The rows have been read before, and are changed here in the same way: `returning *` costs 7 µs a row. */
function take(tx: Transaction, { rows, worker, startedAt }: Taking): Task[] {
  if (takeRows(tx, rows, [worker.id, startedAt]) !== rows.length) {
    throw new Error("a task was due and then was not");
  }
  return rows.map((row) => {
    if (startedAt !== null) tellStart(tx, row, { workerId: worker.id, at: startedAt });
    const { attempt } = row;
    const change = { state: to, attempt: attempt + 1, worker_id: worker.id, started_at: startedAt };
    const taken: TaskRow = Object.assign(row, change, notYet);
    return taskOf(attempt > 0 ? { ...taken, checkpoint: checkpointOf(tx, row.seq) } : taken);
  });
}

function takeRows(
  { db }: Transaction,
  rows: readonly TaskRow[],
  set: readonly [workerId: string, startedAt: number | null],
): number {
  const seqs = rows.map(({ seq }) => seq);
  if (seqs.length >= many) return db.run(takeManySql, ...set, JSON.stringify(seqs));
  return seqs.reduce((taken, seq) => taken + db.run(takeSql, ...set, seq), 0);
}

function checkpointOf(tx: Transaction, seq: number): string | null {
  const sql = "select document from checkpoints where task_seq = ?";
  return tx.db.get<{ document: string }>(sql, seq)?.document ?? null;
}
