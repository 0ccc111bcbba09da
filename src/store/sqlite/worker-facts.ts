import { nextWorkerState, type WorkerEvent, type WorkerState } from "../../domain/worker-state.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

/** What the work of a worker needs to know of it. */
export interface WorkerFacts {
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  readonly mode: string;
  readonly session_id: string | null;
  readonly status: WorkerState;
  readonly expected_memory: number;
  readonly host: string | null;
}

const factsSql = `
  select id, type, queue, mode, session_id, status, expected_memory, host from workers where id = ?`;

export function findWorkerFacts(db: Connection, id: string): WorkerFacts | undefined {
  return db.get<WorkerFacts>(factsSql, id);
}

const heldSql = "select count(*) as held from tasks where worker_id = ? and state = 'running'";

export function countHeld(db: Connection, workerId: string): number {
  return db.get<{ held: number }>(heldSql, workerId)?.held ?? 0;
}

/** The table decides; the guard is that nobody else writes within our transaction. */
export function moveWorker(tx: Transaction, worker: WorkerFacts, event: WorkerEvent): WorkerFacts {
  const status = nextWorkerState(worker.status, event);
  if (status !== worker.status) {
    tx.db.run("update workers set status = ? where id = ?", status, worker.id);
  }
  return { ...worker, status };
}

/** What every event about a worker says. */
export function aboutWorker(worker: WorkerFacts) {
  return {
    workerId: worker.id,
    workerType: worker.type,
    mode: worker.mode,
    ...(worker.session_id !== null && { sessionId: worker.session_id }),
  };
}
