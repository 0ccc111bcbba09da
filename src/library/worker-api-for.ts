import {
  WorkerApiHost,
  type WorkerApiKeeper,
  workerApiPlace,
} from "../link/api/worker-api-host.ts";
import type { WorkerLinks } from "../link/worker-link.ts";
import type { TaskStore } from "../store/task-store.ts";

/** How a supervisor serves workers that cannot open its database; nothing is opened by it. */
export function workerApiFor(
  databasePath: string,
  keeper: WorkerApiKeeper,
): (store: TaskStore) => WorkerLinks {
  return (store) => new WorkerApiHost({ store, place: workerApiPlace(databasePath, keeper) });
}
