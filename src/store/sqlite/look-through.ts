import type { TaskState } from "../../domain/task-state.ts";
import { lookThroughCap } from "../task-store.ts";
import { type Condition, valuesOf, whereOf } from "./condition.ts";
import type { Connection } from "./connection.ts";
import type { Place, PlacesWanted } from "./find-places.ts";
import { stridesOf } from "./strides.ts";

/** Of payloads and failures, when a text is looked for: to search so many takes some 30 ms. */
const byteCap = 16_777_216;

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
  readonly cut?: { readonly looked: number; readonly last: Place };
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
  let bytesLeft = params.filter.text === undefined ? Number.POSITIVE_INFINITY : byteCap;
  let last: Place | undefined;
  for (const more of stridesOf(db, { ...params, limit: lookThroughCap + 1 })) {
    const { places, bytes } = withinBytes(db, more.slice(0, lookThroughCap - looked), bytesLeft);
    const rows = db.allNamed<Pick<Seen, "seq" | "state">>(sql, { ...values, seqs: seqsOf(places) });
    const states = new Map(rows.map(({ seq, state }) => [seq, state]));
    for (const place of places) {
      const state = states.get(place.seq);
      if (state !== undefined) found.push({ ...place, state });
    }
    looked += places.length;
    bytesLeft -= bytes;
    last = places.at(-1) ?? last;
    if (found.length >= enough) break;
    if (more.length > places.length && last !== undefined) return { found, cut: { looked, last } };
  }
  return { found: found.slice(0, enough) };
}

/** Reads the lengths alone, not the documents. */
const sizesSql = `
  select seq, octet_length(payload) + ifnull(octet_length(failure), 0) as bytes
  from   tasks
  where  seq in (select value from json_each(?))`;

interface Affordable {
  readonly places: readonly Place[];
  readonly bytes: number;
}

/** As many of the first places as can be searched for so many bytes: one at least. */
function withinBytes(db: Connection, places: readonly Place[], bytesLeft: number): Affordable {
  if (bytesLeft === Number.POSITIVE_INFINITY) return { places, bytes: 0 };
  const rows = db.all<{ seq: number; bytes: number }>(sizesSql, seqsOf(places));
  const sizes = new Map(rows.map(({ seq, bytes }) => [seq, bytes]));
  let bytes = 0;
  const end = places.findIndex(({ seq }, index) => {
    bytes += sizes.get(seq) ?? 0;
    return index > 0 && bytes > bytesLeft;
  });
  return { places: end < 0 ? places : places.slice(0, end), bytes };
}

function seqsOf(places: readonly Place[]): string {
  return JSON.stringify(places.map(({ seq }) => seq));
}
