import { setTimeout as pause } from "node:timers/promises";
import { html, type Part } from "../../../dashboard/html.ts";
import { workerAddress } from "../../../dashboard/workers/workers-model.ts";
import {
  abortWorker,
  drainAll,
  drainWorker,
  findPlace,
  findWorker,
} from "../../operations/worker-acts.ts";
import type { ServerContext } from "../../server-context.ts";
import { aborting } from "./aborting.ts";

/** So long an answer waits for the end of an abort; then it goes on, and the page tells its steps. */
const patienceMs = 1_000;

export async function drainAndTell(server: ServerContext, wished: string): Promise<Part> {
  const { name } = await findPlace(server, wished);
  const { taskIds } = await drainWorker(server, wished);
  const tasks = taskIds.length === 1 ? "its task" : `its ${taskIds.length} tasks`;
  return taskIds.length === 0 ? `${name} leaves.` : `${name} finishes ${tasks}, then leaves.`;
}

export async function drainAllAndTell(server: ServerContext): Promise<Part> {
  const { length } = await drainAll(server);
  if (length === 0) return "No worker was left to drain.";
  return length === 1 ? "1 worker drains." : `${length} workers drain.`;
}

export async function abortAndTell(
  server: ServerContext,
  wish: { readonly id: string; readonly tasks: "fail" | "requeue" },
): Promise<Part> {
  const { feed, log } = server;
  const { id } = await findWorker(server, wish.id);
  const { name } = await findPlace(server, wish.id);
  const underway = aborting(server);
  const isFirst = !underway.has(id);
  underway.add(id);
  const end = abortWorker(server, { ...wish, isConfirmed: true }).finally(() => {
    if (isFirst) underway.delete(id);
    feed.tell(["workers", `worker:${id}`]);
  });
  feed.tell(["workers", `worker:${id}`]);
  const isDone = await Promise.race([end.then(() => true), pause(patienceMs, false)]);
  if (isDone) return html`${name} was aborted, and nothing of it is left.`;
  end.catch((error: unknown) =>
    log("error", `worker ${id} could not be aborted`, { error: String(error) }),
  );
  return html`${name} is being ended: <a href="${workerAddress(id)}">its steps</a>.`;
}

export async function cleanUpAndTell({ store, clock, feed }: ServerContext): Promise<Part> {
  const removed = await store.deleteWorkers({ endedBefore: clock.now() + 1 });
  feed.tell(["workers"]);
  return `${removed} ended ${removed === 1 ? "worker" : "workers"} removed from the list.`;
}
