import { valuesOf, whereOf } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { findPlaces, inOrder, type Place, type PlacesWanted, wantedStates } from "./find-places.ts";
import { indexedConditions, narrowConditions, statesCondition } from "./task-filter.ts";

/** How many rows each step of a walk goes over; the last one is repeated. */
const windows = [500, 2_500, 7_500] as const;
const lastWindow = 10_000;

/** Where fewer than this share of the rows fit, indexes are the faster way. */
const worthWalking = 0.2;

const strideLength = 1_000;

/**
 * The first tasks that fit what indexes can answer, a stride at a time.
 *
 * Where many tasks fit, a walk over the newest (or oldest) rows has found a page after a few of
 * them, and sorts nothing. Where few do, the walk ends after some ten thousand rows, and what
 * is left is found in indexes, which hold few then or can be read without touching a row.
 */
export function* stridesOf(db: Connection, wanted: PlacesWanted): Generator<readonly Place[]> {
  let { after, limit } = wanted;
  if (isWorthWalking(wanted)) {
    let size: number | undefined;
    for (let step = 0; ; step++) {
      size = windows[step] ?? lastWindow;
      const walked = walk(db, { ...wanted, after, limit, size });
      yield walked.places;
      limit -= walked.places.length;
      after = walked.edge;
      if (after === undefined || limit <= 0) return;
      if (step >= windows.length - 1 && walked.places.length < size * worthWalking) break;
    }
  }
  const places = findPlaces(db, { ...wanted, after, limit });
  for (let from = 0; from < places.length; from += strideLength) {
    yield places.slice(from, from + strideLength);
  }
}

/** Not for what is always few: what runs is in the hands of workers. */
function isWorthWalking({ filter, order }: PlacesWanted): boolean {
  const isOfFew = filter.states?.every((state) => state === "running") ?? false;
  return order !== "ended" && !isOfFew && narrowConditions(filter).length === 0;
}

interface Walk {
  readonly places: readonly Place[];
  /** Where the next one begins; `undefined` after the last row. */
  readonly edge: Place | undefined;
}

function walk(db: Connection, wanted: PlacesWanted & { readonly size: number }): Walk {
  const { filter, order, size, limit } = wanted;
  const sql = order === "newest" ? "max(seq)" : "min(seq)";
  const end = order === "newest" ? "min(seq)" : "max(seq)";
  const ends = db.get<{ begin: number | null; end: number | null }>(
    `select (select ${sql} from tasks) as begin, (select ${end} from tasks) as end`,
  );
  if (ends?.begin == null || ends.end === null) return { places: [], edge: undefined };
  const step = order === "newest" ? -1 : 1;
  const from = wanted.after === undefined ? ends.begin : wanted.after.seq + step;
  const to = from + step * (size - 1);
  const conditions = [
    {
      sql: "seq between :low and :high",
      values: { low: Math.min(from, to), high: Math.max(from, to) },
    },
    ...statesCondition(filter.states === undefined ? undefined : wantedStates(filter, order)),
    ...indexedConditions(filter),
  ];
  const places = db.allNamed<Place>(
    `select seq, ended_at from tasks not indexed ${whereOf(conditions)} order by ${inOrder[order]} limit :limit`,
    { ...valuesOf(conditions), limit },
  );
  const isOver = order === "newest" ? to <= ends.end : to >= ends.end;
  return { places, edge: isOver ? undefined : { seq: to, ended_at: null } };
}
