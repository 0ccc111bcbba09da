import { wasOnlyTaken } from "../../domain/taken-ahead.ts";
import type { Attempt, Task } from "../../domain/task.ts";
import { span } from "../../domain/time-words.ts";

/** How long something took, in words, unless the clocks that told its ends disagree. */
export interface Duration {
  readonly words: string;
  /** Set when it would have ended before it began. */
  readonly skewMs?: number;
}

/** Clocks of one machine, read in two processes, may differ by this without being wrong. */
const toleratedMs = 50;

export function duration(from: number, to: number): Duration {
  const ms = to - from;
  if (ms >= -toleratedMs) return { words: span(ms) };
  return { words: "unknown", skewMs: -ms };
}

export function skewWords(skewMs: number): string {
  return `The clocks of two machines, or of one before and after it was set, differ by ${span(skewMs)}: this ended before it began.`;
}

/**
 * From being due to the last start, or until now. Unknown for a retry that had no time of its own.
 *
 * @param attempts all of the task's, if they are at hand: those that never began are no retries
 */
export function waited(
  task: Task,
  now: number,
  attempts: readonly Attempt[] = [],
): Duration | undefined {
  const { state, createdAt, runAt, startedAt, attempt } = task;
  const due = Math.max(createdAt, runAt ?? 0);
  if (state === "pending" || state === "blocked") {
    return due > now ? { words: `due in ${span(due - now)}` } : duration(due, now);
  }
  const taken = attempts.filter((one) => one.number < attempt && wasOnlyTaken(one));
  const isRetry = taken.length < attempt - 1;
  if (startedAt === undefined || (isRetry && runAt === undefined)) return undefined;
  return duration(due, startedAt);
}

export function ran(task: Task, now: number): Duration | undefined {
  if (task.startedAt === undefined || task.state === "pending" || task.state === "blocked")
    return undefined;
  return duration(task.startedAt, task.endedAt ?? now);
}

export function took({ startedAt, endedAt }: Attempt, now: number): Duration {
  return duration(startedAt, endedAt ?? now);
}
