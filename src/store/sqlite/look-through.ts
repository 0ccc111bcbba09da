import type { TaskState } from "../../domain/task-state.ts";
import type { Connection } from "./connection.ts";
import type { Place } from "./find-places.ts";
import { type Condition, valuesOf, whereOf } from "./task-filter.ts";

/** How many rows are read at a time: a page is mostly full after a few. */
const strideLength = 1_000;

export interface LookingThrough {
  readonly candidates: readonly Place[];
  readonly conditions: readonly Condition[];
  readonly limit: number;
}

export interface Seen extends Place {
  readonly state: TaskState;
}

/** Reads the rows of tasks, in order, for those that fit. */
export function lookThrough(db: Connection, { candidates, conditions, limit }: LookingThrough) {
  const sql = `
    select seq, state
    from   tasks
    ${whereOf([{ sql: "seq in (select value from json_each(:seqs))" }, ...conditions])}`;
  const values = valuesOf(conditions);
  const found: Seen[] = [];
  for (let from = 0; from < candidates.length && found.length < limit; from += strideLength) {
    const stride = candidates.slice(from, from + strideLength);
    const seqs = JSON.stringify(stride.map(({ seq }) => seq));
    const rows = db.allNamed<{ seq: number; state: TaskState }>(sql, { ...values, seqs });
    const states = new Map(rows.map(({ seq, state }) => [seq, state]));
    for (const place of stride) {
      const state = states.get(place.seq);
      if (state !== undefined) found.push({ ...place, state });
    }
  }
  return found.slice(0, limit);
}
