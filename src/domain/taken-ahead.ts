import type { NewEvent } from "./event.ts";
import type { Attempt, Task } from "./task.ts";

// A worker takes short tasks ahead: they are running, but have not begun. For people that is
// a passing moment, and none of it is told as an attempt.

/** Of the tasks of a worker, so many are shown. */
export const mostHeldShown = 3;

/**
 * The tasks of a worker, those behind that have not begun.
 *
 * @param known tasks, of any worker; what is not among them counts as begun
 */
export function begunFirst(taskIds: readonly string[], known: Iterable<Task>): readonly string[] {
  const waiting = new Set<string>();
  for (const { id, startedAt } of known) if (startedAt === undefined) waiting.add(id);
  return taskIds.toSorted((a, b) => Number(waiting.has(a)) - Number(waiting.has(b)));
}

/** `01kk0a, 01kk0b, 01kk0c + 2 more` */
export function fewOf(taskIds: readonly string[], separator = ", "): string {
  const shown = taskIds.slice(0, mostHeldShown).join(separator);
  const more = taskIds.length - mostHeldShown;
  return more > 0 ? `${shown} + ${more} more` : shown;
}

/** A worker took the task, and gave it back before it began. */
export function wasOnlyTaken({ outcome, startedAt, endedAt }: Attempt): boolean {
  return outcome === "released" && startedAt === endedAt;
}

/** The same, as the log of events tells it. */
export function tellsOnlyTaken({ type, data }: NewEvent): boolean {
  return type === "task_released" && data?.begun === false;
}
