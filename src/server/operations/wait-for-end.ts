import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { ServerContext } from "../server-context.ts";
import { isForNobody } from "./is-for-nobody.ts";

const restMs = 15;
const lookMs = 1_000;
/** Workers that are replaced, or started by others, come within this. */
const looksForNobody = 3;

/**
 * Resolves with a task once it has ended, or as it is when the server begins to shut down, nobody
 * waits for the answer any more, or nobody is there who could take it: the task goes on then.
 */
export async function waitForEnd(
  server: ServerContext,
  taskId: string,
  gone: AbortSignal,
): Promise<Task | undefined> {
  const { store, feed, closing } = server;
  const vain = new AbortController();
  const timer = watchForVain(server, taskId, vain);
  const signal = AbortSignal.any([gone, closing, vain.signal]);
  try {
    for await (const _ of feed.changes({ signal, restMs, topics: [`task:${taskId}`] })) {
      const task = await store.findTask(taskId);
      if (task === undefined || isFinal(task.state)) return task;
    }
    return await store.findTask(taskId);
  } finally {
    clearInterval(timer);
  }
}

/** A task that is due, and that nobody could take at several looks, is waited for in vain. */
function watchForVain(
  server: ServerContext,
  taskId: string,
  vain: AbortController,
): NodeJS.Timeout {
  let looks = 0;
  const look = async () => {
    const task = await server.store.findTask(taskId);
    const isDue = task?.state === "pending" && (task.runAt ?? 0) <= server.clock.now();
    looks = isDue && (await isForNobody(server, task)) ? looks + 1 : 0;
    if (looks >= looksForNobody) vain.abort();
  };
  return setInterval(() => {
    look().catch((error: unknown) => server.log("warn", String(error)));
  }, lookMs);
}
