import type { Task } from "../../domain/task.ts";
import { waitForTask } from "../../library/wait-for-task.ts";
import type { ServerContext } from "../server-context.ts";

/**
 * Resolves with a task once it has ended, or as it is when the server begins to shut down or
 * nobody waits for the answer any more: the task goes on then.
 */
export async function waitForEnd(
  server: ServerContext,
  taskId: string,
  gone: AbortSignal,
): Promise<Task | undefined> {
  const signal = AbortSignal.any([gone, server.closing]);
  try {
    return await waitForTask({ store: server.store, taskId, signal });
  } catch (error) {
    if (signal.aborted) return await server.store.findTask(taskId);
    throw error;
  }
}
