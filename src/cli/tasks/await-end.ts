import { ClxError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { type WaitForTaskParams, waitForTask } from "../../library/wait-for-task.ts";
import { stopAsAbort } from "../stop-signals.ts";

export interface AwaitEndParams extends Omit<WaitForTaskParams, "signal"> {
  /** No longer than this. */
  readonly withinMs?: number | undefined;
}

/**
 * Waits until a task has ended. The task goes on when we are interrupted or out of patience:
 * only the waiting ends then, and the error says so.
 */
export async function awaitEnd(params: AwaitEndParams): Promise<Task> {
  const { taskId, withinMs } = params;
  const stop = stopAsAbort();
  const timeUp = withinMs === undefined ? undefined : AbortSignal.timeout(timerMs(withinMs));
  const signal = timeUp ? AbortSignal.any([stop.signal, timeUp]) : stop.signal;
  try {
    return await waitForTask({ ...params, signal });
  } catch (error) {
    if (stop.signal.aborted) throw interrupted(taskId);
    throw timeUp?.aborted ? outOfPatience(taskId) : error;
  } finally {
    stop.close();
  }
}

/** Timers take whole milliseconds, up to almost 25 days. */
function timerMs(ms: number): number {
  return Math.min(Math.ceil(ms), 2 ** 31 - 1);
}

function interrupted(taskId: string): ClxError {
  return new ClxError(
    "interrupted",
    `stopped waiting; task ${taskId} is not cancelled by that (see it: "clx tasks show ${taskId}", end it: "clx tasks cancel ${taskId}")`,
  );
}

function outOfPatience(taskId: string): ClxError {
  return new ClxError(
    "timed_out",
    `the time is up, and task ${taskId} has not ended; it goes on, and "clx tasks wait ${taskId}" waits again`,
  );
}
