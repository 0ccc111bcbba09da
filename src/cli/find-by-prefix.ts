import { TaskNotFoundError, WorkerNotFoundError } from "../domain/errors.ts";
import type { Task } from "../domain/task.ts";
import type { Worker } from "../domain/worker.ts";
import type { TaskStore } from "../store/task-store.ts";
import { UsageError } from "./usage-error.ts";

const shown = 5;

/** The task with this id, or the only one whose id begins so. */
export async function findTask(store: TaskStore, idOrPrefix: string): Promise<Task> {
  refuseEmpty(idOrPrefix, "task");
  const exact = await store.findTask(idOrPrefix);
  if (exact) return exact;
  const { items } = await store.listTasks({ idPrefix: idOrPrefix, limit: shown + 1 });
  return onlyOne(items, idOrPrefix) ?? fail(new TaskNotFoundError(idOrPrefix));
}

/** The worker with this id, or the only one whose id begins so. */
export async function findWorker(store: TaskStore, idOrPrefix: string): Promise<Worker> {
  refuseEmpty(idOrPrefix, "worker");
  const exact = await store.findWorker(idOrPrefix);
  if (exact) return exact;
  const items = await store.listWorkers({ idPrefix: idOrPrefix });
  return onlyOne(items, idOrPrefix) ?? fail(new WorkerNotFoundError(idOrPrefix));
}

/** Every id begins with it; nobody means that. */
function refuseEmpty(idOrPrefix: string, whose: string): void {
  if (idOrPrefix === "") throw new UsageError(`the id of a ${whose} is empty`);
}

function onlyOne<T extends { readonly id: string }>(
  items: readonly T[],
  prefix: string,
): T | undefined {
  if (items.length <= 1) return items[0];
  const ids = items.slice(0, shown).map(({ id }) => id);
  const more = items.length > shown ? ", …" : "";
  throw new UsageError(
    `"${prefix}" begins more than one id: ${ids.join(", ")}${more}; give more characters`,
  );
}

function fail(error: Error): never {
  throw error;
}
