import type { WaitFacts } from "../domain/explain-wait.ts";
import type { Task } from "../domain/task.ts";
import type { MemoryOverview, SeenWorker } from "./overview.ts";
import { mayTake } from "./see-workers.ts";

/** What memory a task can have: a worker that takes it also gives what itself does not use yet. */
export function memoryForTask(
  task: Task,
  workers: readonly SeenWorker[],
  { free }: Pick<MemoryOverview, "free">,
): Pick<WaitFacts, "memoryFree" | "memoryReserved"> {
  const able = workers.map(({ worker }) => worker).filter((worker) => mayTake(worker, task));
  const unused = able.map(({ expectedMemory, usage }) => expectedMemory - (usage?.memory ?? 0));
  return {
    memoryFree: free + Math.max(0, ...unused),
    memoryReserved: Math.max(0, ...able.map(({ expectedMemory }) => expectedMemory)),
  };
}
