import { ClxError, TaskNotFoundError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { changes } from "../changes.ts";
import { stopAsAbort } from "../stop-signals.ts";

export interface AwaitEndParams {
  readonly store: TaskStore;
  readonly taskId: string;
  /** No longer than this. */
  readonly withinMs?: number | undefined;
  /** At every look, before it is judged whether the task has ended. */
  readonly onLook?: (task: Task) => Promise<void>;
}

/**
 * Waits until a task has ended. The task goes on when we are interrupted or out of patience:
 * only the waiting ends then, and the error says so.
 */
export async function awaitEnd(params: AwaitEndParams): Promise<Task> {
  const { taskId, withinMs } = params;
  const stop = stopAsAbort();
  const timeUp = withinMs === undefined ? undefined : AbortSignal.timeout(timerMs(withinMs));
  try {
    const signal = timeUp ? AbortSignal.any([stop.signal, timeUp]) : stop.signal;
    const ended = await lookUntilEnd(params, signal);
    if (ended) return ended;
    throw stop.signal.aborted ? interrupted(taskId) : outOfPatience(taskId, withinMs ?? 0);
  } finally {
    stop.close();
  }
}

async function lookUntilEnd(
  { store, taskId, onLook }: AwaitEndParams,
  signal: AbortSignal,
): Promise<Task | undefined> {
  for await (const _ of changes(store, signal)) {
    const task = await store.findTask(taskId);
    if (!task) throw new TaskNotFoundError(taskId);
    await onLook?.(task);
    if (isFinal(task.state)) return task;
  }
  return undefined;
}

/** Timers take whole milliseconds, up to almost 25 days. */
function timerMs(ms: number): number {
  return Math.min(Math.ceil(ms), 2 ** 31 - 1);
}

function interrupted(taskId: string): ClxError {
  return new ClxError(
    "interrupted",
    `stopped waiting; task ${taskId} goes on (see it: "clx tasks show ${taskId}", end it: "clx tasks cancel ${taskId}")`,
  );
}

function outOfPatience(taskId: string, withinMs: number): ClxError {
  return new ClxError(
    "timed_out",
    `task ${taskId} has not ended within ${Number((withinMs / 1_000).toFixed(1))} s; it goes on, and "clx tasks wait ${taskId}" waits again`,
  );
}
