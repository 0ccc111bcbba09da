import { IllegalTransitionError, WorkerNotFoundError } from "../../domain/errors.ts";
import type { EventType } from "../../domain/event.ts";
import type { ProcessIdentity, Worker } from "../../domain/worker.ts";
import { isLive, type WorkerEvent, workerTransitions } from "../../domain/worker-state.ts";
import type { AdoptWorkerParams, ChangeWorkerParams, RecordProcessParams } from "../task-store.ts";
import { appendEvent } from "./events.ts";
import { getWorker } from "./find-workers.ts";
import { saveWorker } from "./save-worker.ts";
import type { Transaction } from "./transaction.ts";
import {
  aboutWorker,
  after,
  countHeld,
  findWorkerFacts,
  type WorkerFacts,
} from "./worker-facts.ts";

const eventTypes = {
  drain: "worker_draining",
  hang: "worker_hung",
  respond: "worker_responding",
} as const satisfies Record<ChangeWorkerParams["event"], EventType>;

export function changeWorker(
  tx: Transaction,
  { workerId, event, now }: ChangeWorkerParams,
): Worker {
  const worker = getFacts(tx, workerId);
  if (!(workerTransitions[event].from as readonly string[]).includes(worker.status)) {
    throw new IllegalTransitionError("worker", worker.status, event, workerId);
  }
  applyToWorker(tx, { worker, event, now });
  return getWorker(tx.db, workerId);
}

export interface WorkerChange {
  readonly worker: WorkerFacts;
  readonly event: ChangeWorkerParams["event"];
  readonly now: number;
}

/** Changes it, logs that, and tells it. */
export function applyToWorker(tx: Transaction, { worker, event, now }: WorkerChange): void {
  const responded: WorkerEvent = countHeld(tx.db, worker.id) === 0 ? "rest" : "respond";
  saveWorker(tx, { before: worker, after: after(worker, event === "respond" ? responded : event) });
  appendEvent(tx, { type: eventTypes[event], at: now, ...aboutWorker(worker) });
  tx.ring({ kind: "worker", workerId: worker.id });
}

export function adoptWorker(tx: Transaction, { workerId, parent }: AdoptWorkerParams): Worker {
  const worker = getFacts(tx, workerId);
  if (!isLive(worker.status)) {
    throw new IllegalTransitionError("worker", worker.status, "adopt", workerId);
  }
  const sql =
    "update workers set parent_pid = ?, parent_started_at = ?, parent_host = ? where id = ?";
  tx.db.run(sql, ...identityValues(parent), workerId);
  tx.changed();
  return getWorker(tx.db, workerId);
}

export function recordProcess(tx: Transaction, params: RecordProcessParams): void {
  const { workerId, process, executorRef } = params;
  const sql = "update workers set executor_ref = ? where id = ?";
  if (tx.db.run(sql, JSON.stringify(executorRef), workerId) === 0) {
    throw new WorkerNotFoundError(workerId);
  }
  if (process !== undefined) {
    const processSql = "update workers set pid = ?, process_started_at = ?, host = ? where id = ?";
    tx.db.run(processSql, ...identityValues(process), workerId);
  }
  tx.changed();
}

function identityValues({ pid, startedAt, host }: ProcessIdentity) {
  return [pid, startedAt, host] as const;
}

function getFacts(tx: Transaction, workerId: string): WorkerFacts {
  const worker = findWorkerFacts(tx.db, workerId);
  if (worker === undefined) throw new WorkerNotFoundError(workerId);
  return worker;
}
