import { finalTaskStates } from "../../domain/task-state.ts";
import type { PruneParams, Removed } from "../task-store.ts";
import { removeTask } from "./delete-task.ts";
import { removeEndedWorkers } from "./delete-workers.ts";
import type { Transaction } from "./transaction.ts";

const tasksSql = finalTaskStates
  .map(
    (state) => `
      select * from (
        select   seq, id
        from     tasks
        where    state = '${state}' and ended_at < ?1
        order by ended_at
        limit    ?2
      )`,
  )
  .join(" union all ");

/** The log is in order of time; its last entry stays, so that no cursor is ever given twice. */
const eventsSql = `
  delete from worker_events
  where  created_at < ?1
  and    id < (select max(id) from worker_events)
  and    id in (select id from worker_events order by id limit ?2)`;

export function prune(tx: Transaction, params: PruneParams): Removed {
  const { tasksEndedBefore, eventsBefore, workersEndedBefore, limit } = params;
  const tasks = tx.db.all<{ seq: number; id: string }>(tasksSql, tasksEndedBefore, limit);
  const doomed = tasks.slice(0, limit);
  for (const task of doomed) removeTask(tx, task);
  const events = tx.db.run(eventsSql, eventsBefore, limit);
  const workers = removeEndedWorkers(tx, { endedBefore: workersEndedBefore, limit });
  if (events > 0) tx.changed();
  return { tasks: doomed.length, events, workers, taskIds: doomed.map(({ id }) => id) };
}
