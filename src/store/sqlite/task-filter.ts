import type { TaskFilter } from "../task-store.ts";
import type { Condition } from "./condition.ts";
import { hasText } from "./text-search.ts";

/**
 * What indexes of tasks can answer by themselves. The "+" keeps SQLite from seeking to every
 * value of the columns before it, of which there may be as many as there are tasks.
 */
export function indexedConditions(filter: TaskFilter): Condition[] {
  const { type, queue, sessionId, workerId, createdAfter, createdBefore } = filter;
  const conditions: Condition[] = [];
  if (type !== undefined) conditions.push({ sql: "type = :type", values: { type } });
  if (queue !== undefined) conditions.push({ sql: "queue = :queue", values: { queue } });
  if (sessionId !== undefined) {
    conditions.push({ sql: "session_id = :sessionId", values: { sessionId } });
  }
  if (workerId !== undefined) {
    conditions.push({ sql: "worker_id = :workerId", values: { workerId } });
  }
  if (createdAfter !== undefined) {
    conditions.push({ sql: "+created_at > :createdAfter", values: { createdAfter } });
  }
  if (createdBefore !== undefined) {
    conditions.push({ sql: "+created_at < :createdBefore", values: { createdBefore } });
  }
  return conditions;
}

/** What leaves only a few tasks, whatever else is asked of them. */
export function narrowConditions({ idPrefix, dependsOn }: TaskFilter): Condition[] {
  const conditions: Condition[] = [];
  if (idPrefix !== undefined) conditions.push(idCondition(idPrefix));
  if (dependsOn !== undefined) {
    const sql = "id in (select task_id from task_dependencies where depends_on = :dependsOn)";
    conditions.push({ sql, values: { dependsOn } });
  }
  return conditions;
}

/** What can only be seen in a task's row. */
export function rowConditions({ tag, failureKind, text }: TaskFilter): Condition[] {
  const conditions: Condition[] = [];
  if (tag !== undefined) {
    const sql = "tags is not null and exists (select 1 from json_each(tags) where value = :tag)";
    conditions.push({ sql, values: { tag } });
  }
  if (failureKind !== undefined) {
    const sql = "failure is not null and failure ->> 'kind' = :failureKind";
    conditions.push({ sql, values: { failureKind } });
  }
  if (text !== undefined && text !== "") conditions.push(hasText(text));
  return conditions;
}

export function idCondition(prefix: string): Condition {
  const values = { idFrom: prefix, idTo: endOfPrefix(prefix) };
  return { sql: "id >= :idFrom and id < :idTo", values };
}

export function statesCondition(states: TaskFilter["states"]): Condition[] {
  if (states === undefined) return [];
  const sql = "state in (select value from json_each(:states))";
  return [{ sql, values: { states: JSON.stringify(states) } }];
}

/** Greater than every id with this start. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
