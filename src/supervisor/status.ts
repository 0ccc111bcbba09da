import type { Worker } from "../domain/worker.ts";
import type { Refusal } from "./admission.ts";
import type { Care } from "./care.ts";
import type { PoolSpec } from "./pool.ts";
import type { PoolState } from "./pool-state.ts";

export interface SupervisorStatus {
  readonly pools: readonly PoolStatus[];
}

export interface PoolStatus {
  readonly spec: PoolSpec;
  /** The configured count, changed by what was added, drained or scaled since. */
  readonly wanted: number;
  readonly ready: number;
  readonly starting: number;
  readonly leaving: number;
  /** Workers that ended and whose replacement waits out a back-off. */
  readonly waiting: number;
  /** The most that a worker of it was replaced in a row, one that waits out a back-off included. */
  readonly restarts: number;
  /** Set when it starts no more workers by itself, and says why. */
  readonly gaveUp?: string;
  /** Set while admission keeps it from having what it wants. */
  readonly refused?: Refusal;
  readonly workers: readonly KeptWorker[];
}

export interface KeptWorker {
  readonly id: string;
  readonly place: number;
  /** How often in a row a worker at its place was replaced; 0 again once it has been healthy. */
  readonly restarts: number;
  readonly adopted: boolean;
  readonly leaving?: string;
  /** As the store has it; absent for a moment at its start. */
  readonly row?: Worker;
}

export function describePools(params: {
  readonly pools: readonly PoolState[];
  readonly care: Care;
  readonly rows: readonly Worker[];
  readonly now: number;
}): SupervisorStatus {
  return { pools: params.pools.map((pool) => describePool({ ...params, pool })) };
}

function describePool(params: {
  readonly pool: PoolState;
  readonly care: Care;
  readonly rows: readonly Worker[];
  readonly now: number;
}): PoolStatus {
  const { pool, care, rows, now } = params;
  const charges = care.of(pool);
  const staying = charges.filter(({ leaving }) => leaving?.replace !== false);
  const starting = staying.filter(({ phase }) => phase === "starting").length;
  return {
    spec: pool.spec,
    wanted: pool.wanted,
    ready: staying.length - starting,
    starting,
    leaving: charges.length - staying.length,
    waiting: pool.waiting.length,
    restarts: Math.max(
      0,
      ...pool.waiting.map((place) => pool.restarts(place, 0)),
      ...charges.map(({ place, readySince = now }) => pool.restarts(place, now - readySince)),
    ),
    ...(pool.gaveUp !== undefined && { gaveUp: pool.gaveUp }),
    ...(pool.refusal !== undefined && { refused: pool.refusal }),
    workers: charges.map(({ id, place, readySince = now, adopted, leaving }) => {
      const row = rows.find((one) => one.id === id);
      const restarts = pool.restarts(place, now - readySince);
      return {
        id,
        place,
        restarts,
        adopted,
        ...(leaving !== undefined && { leaving: leaving.why }),
        ...(row !== undefined && { row }),
      };
    }),
  };
}
