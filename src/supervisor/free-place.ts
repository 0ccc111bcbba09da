import type { Care } from "./care.ts";
import type { PoolState } from "./pool-state.ts";

/** The lowest place of the pool that no worker has, nor a back-off waits for. */
export function freePlace(care: Care, pool: PoolState): number {
  const taken = new Set([...care.of(pool).map(({ place }) => place), ...pool.waiting]);
  let place = 0;
  while (taken.has(place)) place++;
  return place;
}
