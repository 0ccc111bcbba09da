import type { TaskState } from "../../domain/task-state.ts";
import { lookThroughCap } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import type { Place, PlacesWanted } from "./find-places.ts";
import { stridesOf } from "./strides.ts";
import { type Condition, valuesOf, whereOf } from "./task-filter.ts";

export interface LookingThrough extends Omit<PlacesWanted, "limit"> {
  readonly conditions: readonly Condition[];
  /** How many that fit are wanted. */
  readonly enough: number;
}

export interface Seen extends Place {
  readonly state: TaskState;
}

export interface Search {
  readonly found: readonly Seen[];
  /** Set when it ended for having looked at so many. */
  readonly lastLookedAt?: Place;
}

/** Reads the rows of tasks, in order, until enough of them fit. */
export function lookThrough(db: Connection, params: LookingThrough): Search {
  const { conditions, enough } = params;
  const sql = `
    select seq, state
    from   tasks
    ${whereOf([{ sql: "seq in (select value from json_each(:seqs))" }, ...conditions])}`;
  const values = valuesOf(conditions);
  const found: Seen[] = [];
  let looked = 0;
  let last: Place | undefined;
  for (const more of stridesOf(db, { ...params, limit: lookThroughCap + 1 })) {
    const stride = more.slice(0, lookThroughCap - looked);
    const seqs = JSON.stringify(stride.map(({ seq }) => seq));
    const rows = db.allNamed<{ seq: number; state: TaskState }>(sql, { ...values, seqs });
    const states = new Map(rows.map(({ seq, state }) => [seq, state]));
    for (const place of stride) {
      const state = states.get(place.seq);
      if (state !== undefined) found.push({ ...place, state });
    }
    looked += stride.length;
    last = stride.at(-1) ?? last;
    if (found.length >= enough) break;
    if (more.length > stride.length && last !== undefined) return { found, lastLookedAt: last };
  }
  return { found: found.slice(0, enough) };
}
