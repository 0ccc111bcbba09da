/** A worker of the pool that has not ended. */
export interface PlacedWorker {
  readonly id: string;
  readonly place: number;
  /** `leaving`: it has been told to, or is being ended, and does not count any more. */
  readonly phase: "starting" | "idle" | "busy" | "leaving";
}

export interface PoolFacts {
  readonly wanted: number;
  readonly workers: readonly PlacedWorker[];
  /** Places whose next worker waits out a back-off. */
  readonly waiting: readonly number[];
  /** It gave up: nothing is started until somebody asks anew. */
  readonly gaveUp: boolean;
}

export interface PoolPlan {
  /** Places that get a worker now, by number. */
  readonly start: readonly number[];
  /** Ids of workers to drain. */
  readonly drain: readonly string[];
  /** Places whose back-off has become pointless. */
  readonly forget: readonly number[];
}

/**
 * What brings a pool from what it has to what it wants. Pure.
 *
 * Surplus first gives up what waits, then what starts, then idle workers, then busy ones; the
 * highest place goes first among equals.
 */
export function planPool({ wanted, workers, waiting, gaveUp }: PoolFacts): PoolPlan {
  const staying = workers.filter(({ phase }) => phase !== "leaving");
  const surplus = staying.length + waiting.length - wanted;
  if (surplus <= 0) {
    const start = gaveUp ? [] : freePlaces(-surplus, [...taken(workers), ...waiting]);
    return { start, drain: [], forget: [] };
  }
  const forget = waiting.toSorted((a, b) => b - a).slice(0, surplus);
  const drain = staying
    .toSorted((a, b) => ranks[a.phase] - ranks[b.phase] || b.place - a.place)
    .slice(0, surplus - forget.length)
    .map(({ id }) => id);
  return { start: [], drain, forget };
}

const ranks = { starting: 0, idle: 1, busy: 2, leaving: 3 } as const;

function taken(workers: readonly PlacedWorker[]): number[] {
  return workers.map(({ place }) => place);
}

function freePlaces(count: number, occupied: readonly number[]): number[] {
  const places: number[] = [];
  for (let place = 0; places.length < count; place++) {
    if (!occupied.includes(place)) places.push(place);
  }
  return places;
}
