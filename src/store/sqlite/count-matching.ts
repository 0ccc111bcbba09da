import { type TaskState, taskStates } from "../../domain/task-state.ts";
import { countCap, type MatchingCounts, type TaskFilter } from "../task-store.ts";
import { valuesOf, whereOf } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { partsOf } from "./find-places.ts";
import { lookThrough } from "./look-through.ts";
import { type SplitFilter, splitFilter } from "./split-filter.ts";
import { indexedConditions, narrowConditions } from "./task-filter.ts";

type Counts = Record<TaskState, number>;

export function countMatching(db: Connection, params: TaskFilter): MatchingCounts {
  const { states: _, ...asked } = params;
  const { filter, conditions } = splitFilter(db, asked);
  if (conditions.length > 0) return countByLooking(db, { filter, conditions });
  if (narrowConditions(filter).length > 0) return { counts: countNarrow(db, filter) };
  return { counts: countInIndexes(db, filter) };
}

function countInIndexes(db: Connection, filter: TaskFilter): Counts {
  const counts = noneOfAny();
  for (const state of taskStates) {
    for (const { from, where } of partsOf({ ...filter, states: [state] }, "newest")) {
      const conditions = [...where, ...indexedConditions(filter)];
      const sql = `
        select count(*) as count
        from   (select 1 from ${from} ${whereOf(conditions)} limit ${countCap + 1})`;
      counts[state] += db.allNamed<{ count: number }>(sql, valuesOf(conditions))[0]?.count ?? 0;
    }
  }
  return capped(counts);
}

function countNarrow(db: Connection, filter: TaskFilter): Counts {
  const conditions = [...narrowConditions(filter), ...indexedConditions(filter)];
  const sql = `select state, count(*) as count from tasks ${whereOf(conditions)} group by state`;
  return countsOf(db.allNamed<StateCount>(sql, valuesOf(conditions)));
}

/** Each state by itself, just as its list is looked through. */
function countByLooking(db: Connection, { filter, conditions }: SplitFilter): MatchingCounts {
  const counts = noneOfAny();
  let lookedThrough: number | undefined;
  for (const state of taskStates) {
    const { found, cut } = lookThrough(db, {
      filter: { ...filter, states: [state] },
      conditions,
      order: "newest",
      enough: countCap,
    });
    counts[state] = found.length;
    if (cut !== undefined) lookedThrough = Math.min(lookedThrough ?? cut.looked, cut.looked);
  }
  return lookedThrough === undefined ? { counts } : { counts, lookedThrough };
}

interface StateCount {
  readonly state: TaskState;
  readonly count: number;
}

function countsOf(rows: readonly StateCount[]): Counts {
  const counts = noneOfAny();
  for (const { state, count } of rows) counts[state] = count;
  return capped(counts);
}

/** One above the cap says that there are more. */
function capped(counts: Counts): Counts {
  for (const state of taskStates) counts[state] = Math.min(counts[state], countCap);
  return counts;
}

function noneOfAny(): Counts {
  return { blocked: 0, pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
}
