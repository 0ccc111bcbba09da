import type { TaskFilter } from "../task-store.ts";
import { type Condition, valuesOf } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { idCondition, rowConditions } from "./task-filter.ts";

/** Up to so many rows are read without more ado. */
const few = 20_000;

export interface SplitFilter {
  /** What indexes can answer. */
  readonly filter: TaskFilter;
  /** What is to be seen in rows alone. */
  readonly conditions: readonly Condition[];
}

/** The start of an id that many tasks share is better looked for in the rows of the newest. */
export function splitFilter(db: Connection, params: TaskFilter): SplitFilter {
  const conditions = rowConditions(params);
  const { idPrefix, ...filter } = params;
  if (idPrefix === undefined || !isShared(db, idPrefix)) return { filter: params, conditions };
  return { filter, conditions: [idCondition(idPrefix), ...conditions] };
}

function isShared(db: Connection, idPrefix: string): boolean {
  const condition = idCondition(idPrefix);
  const sql = `select 1 from tasks where ${condition.sql} limit 1 offset ${few}`;
  return db.allNamed(sql, valuesOf([condition])).length > 0;
}
