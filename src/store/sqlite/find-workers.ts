import { WorkerNotFoundError } from "../../domain/errors.ts";
import type { Worker } from "../../domain/worker.ts";
import type { ListWorkersParams } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { endOfPrefix } from "./task-filter.ts";
import { taskIdsColumn, type WorkerRow, workerOf } from "./worker-row.ts";

const byIdSql = `select *, ${taskIdsColumn} from workers where id = ?`;

export function findWorker(db: Connection, id: string): Worker | undefined {
  const row = db.get<WorkerRow>(byIdSql, id);
  return row && workerOf(row);
}

export function getWorker(db: Connection, id: string): Worker {
  const worker = findWorker(db, id);
  if (worker === undefined) throw new WorkerNotFoundError(id);
  return worker;
}

const listSql = `
  select   *, ${taskIdsColumn}
  from     workers
  where    (:states is null or status in (select value from json_each(:states)))
  and      (:type is null or type = :type)
  and      (:sessionId is null or session_id = :sessionId)
  and      (:pool is null or pool = :pool)
  and      (:idFrom is null or (id >= :idFrom and id < :idTo))
  order by seq`;

export function listWorkers(db: Connection, params: ListWorkersParams): Worker[] {
  const { states, type, sessionId, pool, idPrefix } = params;
  const rows = db.allNamed<WorkerRow>(listSql, {
    states: states === undefined ? null : JSON.stringify(states),
    type: type ?? null,
    sessionId: sessionId ?? null,
    pool: pool ?? null,
    idFrom: idPrefix ?? null,
    idTo: idPrefix === undefined ? null : endOfPrefix(idPrefix),
  });
  return rows.map(workerOf);
}
