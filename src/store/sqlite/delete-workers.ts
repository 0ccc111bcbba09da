import { endedWorkerStates } from "../../domain/worker-state.ts";
import type { DeleteWorkersParams } from "../task-store.ts";
import { sqlList } from "./guards.ts";
import type { Transaction } from "./transaction.ts";

const deleteSql = `
  delete from workers
  where  seq in (
    select seq
    from   workers
    where  status in (${sqlList(endedWorkerStates)})
    and    ended_at < ?1
    and    (?2 is null or id in (select value from json_each(?2)))
    order  by seq
    limit  ?3
  )
  returning id`;

export interface RemoveWorkersParams extends DeleteWorkersParams {
  /** -1 for all. */
  readonly limit: number;
}

export function removeEndedWorkers(tx: Transaction, params: RemoveWorkersParams): number {
  const { endedBefore, ids, limit } = params;
  const list = ids === undefined ? null : JSON.stringify(ids);
  const removed = tx.db.all<{ id: string }>(deleteSql, endedBefore, list, limit);
  for (const { id } of removed) tx.removeBell({ kind: "worker", workerId: id });
  if (removed.length > 0) tx.changed();
  return removed.length;
}
