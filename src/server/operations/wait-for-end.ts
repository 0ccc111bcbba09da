import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { ServerContext } from "../server-context.ts";

const restMs = 15;

/**
 * Resolves with a task once it has ended, or as it is when the server begins to shut down or
 * nobody waits for the answer any more: the task goes on then.
 */
export async function waitForEnd(
  { store, feed, closing }: ServerContext,
  taskId: string,
  gone: AbortSignal,
): Promise<Task | undefined> {
  const signal = AbortSignal.any([gone, closing]);
  for await (const _ of feed.changes({ signal, restMs, topics: [`task:${taskId}`] })) {
    const task = await store.findTask(taskId);
    if (task === undefined || isFinal(task.state)) return task;
  }
  return await store.findTask(taskId);
}
