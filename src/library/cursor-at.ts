import type { TaskStore } from "../store/task-store.ts";
import { lastCursor } from "./last-cursor.ts";

/** The log is in order of time but for calls that wait for each other. */
const disorderMs = 60_000;

/**
 * A cursor from which on all events of a time or later are told, and few earlier ones. Whoever
 * looks for the events of a task need not read those from before it was submitted: found by
 * halving, not by reading all.
 */
export async function cursorAt(store: TaskStore, time: number): Promise<number> {
  let low = 0;
  let high = await lastCursor(store);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await store.listEvents({ after: middle, limit: 1 });
    if (event === undefined || event.at >= time - disorderMs) high = middle;
    else low = Math.min(high, event.cursor);
  }
  return low;
}
