import { openTaskStates } from "../../domain/task-state.ts";
import type { ListWaitingParams, WaitingTask } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { sqlList } from "./guards.ts";
import { checkpointColumn, type TaskRow, taskOf } from "./task-row.ts";

const ofTypeAndQueue = "type = :type and queue = :queue";

/** Each part comes out of its index in the order that is wanted. */
const parts = [
  { index: "tasks_due", state: "state = 'pending' and ready = 1", order: "priority desc, seq" },
  { index: "tasks_waiting", state: "state = 'pending' and ready = 0", order: "run_at" },
  { index: "tasks_blocked", state: "state = 'blocked'", order: "rowid" },
];

export const waitingSqls = parts.map(
  ({ index, state, order }) => `
    select   *, ${checkpointColumn}
    from     tasks
    where    seq in (
      select   seq
      from     tasks indexed by ${index}
      where    ${state} and ${ofTypeAndQueue}
      order by ${order}
      limit    :limit
    )
    order by ${order}`,
);

export const openDependenciesSql = `
  select open_one.id
  from   task_dependencies
  cross  join tasks as open_one on open_one.id = task_dependencies.depends_on
  where  task_dependencies.task_id = ?
  and    open_one.state in (${sqlList(openTaskStates)})`;

export function listWaiting(db: Connection, params: ListWaitingParams): WaitingTask[] {
  const { type, queue, limit } = params;
  const rows = waitingSqls.flatMap((sql) => db.allNamed<TaskRow>(sql, { type, queue, limit }));
  return rows.map((row) => ({
    task: taskOf(row),
    openDependencies: row.state === "blocked" ? openDependencies(db, row.id) : [],
  }));
}

function openDependencies(db: Connection, id: string): string[] {
  return db.all<{ id: string }>(openDependenciesSql, id).map((row) => row.id);
}
