import { finalTaskStates } from "../../domain/task-state.ts";
import { endedWorkerStates } from "../../domain/worker-state.ts";
import type { Pruned, PruneLimits } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { sqlList } from "./guards.ts";

const tasksSql = finalTaskStates
  .map(
    (state) =>
      `(select count(*) from tasks indexed by tasks_ended where state = '${state}' and ended_at < :tasks)`,
  )
  .join(" + ");

/** All of them are counted, in the order and with the exception of `prune.ts`. */
export const countPrunableSql = `
  select ${tasksSql} as tasks,
         (select count(*) from worker_events
          where  created_at < :events and id < (select max(id) from worker_events)) as events,
         (select count(*) from workers
          where  status in (${sqlList(endedWorkerStates)}) and ended_at < :workers) as workers`;

export function countPrunable(db: Connection, params: PruneLimits): Pruned {
  const [row] = db.allNamed<Pruned>(countPrunableSql, {
    tasks: params.tasksEndedBefore,
    events: params.eventsBefore,
    workers: params.workersEndedBefore,
  });
  if (row === undefined) throw new Error("a count gave no row");
  return { ...row };
}
