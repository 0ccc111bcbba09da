import type { Task } from "../../domain/task.ts";
import type { ListTasksParams, Page } from "../task-store.ts";
import type { Connection, NamedValues } from "./connection.ts";
import { checkpointColumn, type TaskRow, taskOf } from "./task-row.ts";

/** The inner query is answered by an index alone; only the rows of the page are read. */
function listSql(conditions: readonly string[]): string {
  return `
    select   *, ${checkpointColumn}
    from     tasks
    where    seq in (
      select   seq
      from     tasks
      ${conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`}
      order by seq desc
      limit    :limit
    )
    order by seq desc`;
}

export function listTasks(db: Connection, params: ListTasksParams): Page<Task> {
  const { conditions, values } = filterOf(params);
  const rows = db.allNamed<TaskRow>(listSql(conditions), { ...values, limit: params.limit + 1 });
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  const items = page.map(taskOf);
  return rows.length > page.length && last !== undefined
    ? { items, next: String(last.seq) }
    : { items };
}

function filterOf(params: ListTasksParams): { conditions: string[]; values: NamedValues } {
  const conditions: string[] = [];
  const values: NamedValues = {};
  const where = (condition: string, added: NamedValues) => {
    conditions.push(condition);
    Object.assign(values, added);
  };
  const { states, type, queue, sessionId, workerId, dependsOn, idPrefix, after } = params;
  if (states !== undefined) {
    where("state in (select value from json_each(:states))", { states: JSON.stringify(states) });
  }
  if (type !== undefined) where("type = :type", { type });
  if (queue !== undefined) where("queue = :queue", { queue });
  if (sessionId !== undefined) where("session_id = :sessionId", { sessionId });
  if (workerId !== undefined) where("worker_id = :workerId", { workerId });
  if (dependsOn !== undefined) {
    where("id in (select task_id from task_dependencies where depends_on = :dependsOn)", {
      dependsOn,
    });
  }
  if (idPrefix !== undefined) {
    where("id >= :idFrom and id < :idTo", { idFrom: idPrefix, idTo: endOfPrefix(idPrefix) });
  }
  if (after !== undefined) where("seq < :after", { after: Number(after) });
  return { conditions, values };
}

/** Greater than every id with this start. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
