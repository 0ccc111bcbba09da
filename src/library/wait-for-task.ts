import { TaskNotFoundError } from "../domain/errors.ts";
import type { Task } from "../domain/task.ts";
import { isFinal } from "../domain/task-state.ts";
import type { TaskStore } from "../store/task-store.ts";
import { changes } from "./changes.ts";

export interface WaitForTaskParams {
  readonly store: TaskStore;
  readonly taskId: string;
  /** Aborted, the waiting ends, and the task goes on. */
  readonly signal?: AbortSignal;
  /** At every look, before it is judged whether the task has ended. */
  readonly onLook?: (task: Task) => Promise<void>;
}

/**
 * Resolves with a task once it has ended, however it did.
 *
 * @throws the reason of the signal, when that is aborted first
 */
export async function waitForTask(params: WaitForTaskParams): Promise<Task> {
  const { store, taskId, signal, onLook } = params;
  for await (const _ of changes(store, signal)) {
    const task = await store.findTask(taskId);
    if (!task) throw new TaskNotFoundError(taskId);
    await onLook?.(task);
    if (isFinal(task.state)) return task;
  }
  throw signal?.reason;
}
