import type { TaskStore } from "../store/task-store.ts";

/** The cursor of the newest event, 0 when there is none. */
export async function lastCursor(store: TaskStore): Promise<number> {
  const [newest] = await store.listEvents({ after: 0, newestBefore: "end", limit: 1 });
  return newest?.cursor ?? 0;
}
