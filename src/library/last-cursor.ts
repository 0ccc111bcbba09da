import type { TaskStore } from "../store/task-store.ts";

/** The cursor of the newest event, 0 when there is none: found by halving, not by reading all. */
export async function lastCursor(store: TaskStore): Promise<number> {
  const isAfter = async (after: number) => (await store.listEvents({ after, limit: 1 })).length > 0;
  let step = 1;
  while (await isAfter(step)) step *= 2;
  let low = -1;
  let high = step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isAfter(middle)) low = middle;
    else high = middle;
  }
  return high;
}
