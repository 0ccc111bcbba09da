import { ClxError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { taskStates } from "../../domain/task-state.ts";
import type { ListTasksParams, Page } from "../task-store.ts";
import type { Connection, NamedValues } from "./connection.ts";
import { checkpointColumn, type TaskRow, taskOf } from "./task-row.ts";
import { sourcesOf } from "./task-sources.ts";

export function listTasks(db: Connection, params: ListTasksParams): Page<Task> {
  const values = { ...valuesOf(params), limit: params.limit + 1 };
  const rows = db.allNamed<TaskRow>(listSql(params), values);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  const items = page.map(taskOf);
  return rows.length > page.length && last !== undefined
    ? { items, next: String(last.seq) }
    : { items };
}

/** The inner queries find the page in indexes; only then are its rows read. */
function listSql(params: ListTasksParams): string {
  const conditions = conditionsOf(params);
  const found = fromWhere(params).map(({ from, where }) => {
    const all = [...where, ...conditions];
    return `select seq from ${from} ${all.length === 0 ? "" : `where ${all.join(" and ")}`}`;
  });
  const order = isNarrow(params) ? "+seq" : "seq"; // "+": sort the few, do not walk all in order
  return `
    select   *, ${checkpointColumn}
    from     tasks
    where    seq in (
      select   seq
      from     (${found.length === 0 ? "select null as seq" : found.join(" union all ")})
      order by ${order} desc
      limit    :limit
    )
    order by seq desc`;
}

interface Part {
  readonly from: string;
  readonly where: readonly string[];
}

function fromWhere(params: ListTasksParams): Part[] {
  const { states, sessionId } = params;
  if (isNarrow(params)) {
    const where = states === undefined ? [] : ["state in (select value from json_each(:states))"];
    return [{ from: "tasks", where }];
  }
  if (states === undefined && sessionId === undefined) return [{ from: "tasks", where: [] }];
  return taskStates
    .filter((state) => states?.includes(state) ?? true)
    .flatMap((state) => sourcesOf(state, { inSession: sessionId !== undefined }))
    .map(({ index, condition }) => ({ from: `tasks indexed by ${index}`, where: [condition] }));
}

/** Whether the other conditions leave only a few, whatever their state. */
function isNarrow({ idPrefix, dependsOn, workerId }: ListTasksParams): boolean {
  return idPrefix !== undefined || dependsOn !== undefined || workerId !== undefined;
}

function conditionsOf(params: ListTasksParams): string[] {
  const conditions: string[] = [];
  if (params.type !== undefined) conditions.push("type = :type");
  if (params.queue !== undefined) conditions.push("queue = :queue");
  if (params.sessionId !== undefined) conditions.push("session_id = :sessionId");
  if (params.workerId !== undefined) conditions.push("worker_id = :workerId");
  if (params.dependsOn !== undefined) {
    conditions.push("id in (select task_id from task_dependencies where depends_on = :dependsOn)");
  }
  if (params.idPrefix !== undefined) conditions.push("id >= :idFrom and id < :idTo");
  if (params.after !== undefined) conditions.push("seq < :after");
  return conditions;
}

function valuesOf(params: ListTasksParams): NamedValues {
  const { type, queue, sessionId, workerId, dependsOn, idPrefix, after, states } = params;
  return {
    ...(type !== undefined && { type }),
    ...(queue !== undefined && { queue }),
    ...(sessionId !== undefined && { sessionId }),
    ...(workerId !== undefined && { workerId }),
    ...(dependsOn !== undefined && { dependsOn }),
    ...(idPrefix !== undefined && { idFrom: idPrefix, idTo: endOfPrefix(idPrefix) }),
    ...(after !== undefined && { after: positionOf(after) }),
    ...(states !== undefined && isNarrow(params) && { states: JSON.stringify(states) }),
  };
}

function positionOf(after: string): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ClxError("invalid_value", `"${after}" is no page of tasks; pass on a page's "next"`);
}

/** Greater than every id with this start. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
