import { nextWorkerState, type WorkerEvent, type WorkerState } from "../../domain/worker-state.ts";
import type { Connection } from "./connection.ts";

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

export const factsColumns = "id, type, queue, mode, session_id, status, expected_memory, host";

const factsSql = `select ${factsColumns} from workers where id = ?`;

export function findWorkerFacts(db: Connection, id: string): WorkerFacts | undefined {
  return db.get<WorkerFacts>(factsSql, id);
}

const heldSql = "select count(*) as held from tasks where worker_id = ? and state = 'running'";

export function countHeld(db: Connection, workerId: string): number {
  return db.get<{ held: number }>(heldSql, workerId)?.held ?? 0;
}

/** As the worker will be after the event, which the table must allow. */
export function after(worker: WorkerFacts, event: WorkerEvent): WorkerFacts {
  return { ...worker, status: nextWorkerState(worker.status, event) };
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
