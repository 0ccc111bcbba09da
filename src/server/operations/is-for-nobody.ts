import type { Task } from "../../domain/task.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { ServerContext } from "../server-context.ts";

/** Whether no live worker takes such a task, and this server keeps none that will come. */
export async function isForNobody(
  { store, workforce }: Pick<ServerContext, "store" | "workforce">,
  { type, queue, sessionId }: Pick<Task, "type" | "queue" | "sessionId">,
): Promise<boolean> {
  const pools = await workforce.pools();
  const isKept = pools.some(
    ({ spec, wanted, gaveUp }) =>
      spec.type === type && spec.queue === queue && wanted > 0 && gaveUp === undefined,
  );
  if (isKept) return false;
  const live = await store.listWorkers({ type, states: liveWorkerStates });
  return !live.some(
    (worker) =>
      worker.queue === queue && (worker.sessionId === undefined || worker.sessionId === sessionId),
  );
}
