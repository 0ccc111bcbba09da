import type { Task } from "../../../domain/task.ts";
import type { Worker } from "../../../domain/worker.ts";
import { findPlace, findWorker } from "../../operations/worker-acts.ts";
import type { ServerContext } from "../../server-context.ts";

export interface HeldTasks {
  readonly worker: Worker;
  readonly name: string;
  readonly tasks: readonly Task[];
}

/** A worker with what it has, what it has begun first. @throws WorkerNotFoundError */
export async function findHeld(server: ServerContext, id: string): Promise<HeldTasks> {
  const worker = await findWorker(server, id);
  const { name } = await findPlace(server, id);
  const found = await Promise.all(worker.taskIds.map((one) => server.store.findTask(one)));
  const tasks = found.filter((task) => task !== undefined);
  const isWaiting = ({ startedAt }: Task) => startedAt === undefined;
  return {
    ...{ worker, name },
    tasks: [...tasks.filter((task) => !isWaiting(task)), ...tasks.filter(isWaiting)],
  };
}
