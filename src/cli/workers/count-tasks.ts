import type { TaskState } from "../../domain/task-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";

/** How many tasks in these states are for these pools. */
export async function countTasks(
  store: TaskStore,
  pools: readonly Pick<PoolSpec, "type" | "queue">[],
  states: readonly TaskState[],
): Promise<number> {
  const counts = await store.countTasks({ states });
  return counts
    .filter(({ type, queue }) => pools.some((pool) => pool.type === type && pool.queue === queue))
    .reduce((sum, { count }) => sum + count, 0);
}
