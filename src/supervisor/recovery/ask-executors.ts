import type { ExecutionMode, Worker } from "../../domain/worker.ts";
import type { WorkerExecutor } from "../../executor/executor.ts";
import { refOf } from "./end-remains.ts";
import { isNobodys } from "./read-signs.ts";

/**
 * Whether workers run that nobody keeps and whose processes cannot be seen from here: those in
 * containers. Who is not in the answer was not asked for, or nobody could say.
 */
export async function askExecutors(
  workers: readonly Worker[],
  executors: ReadonlyMap<ExecutionMode, WorkerExecutor>,
): Promise<ReadonlyMap<string, boolean>> {
  const running = new Map<string, boolean>();
  for (const worker of workers) {
    const executor = executors.get(worker.mode);
    if (!executor?.abilities.seesStrangers || !wasStarted(worker) || !isNobodys(worker)) continue;
    try {
      running.set(worker.id, await executor.isRunning(refOf(worker)));
    } catch {
      // its engine cannot be asked now, or from here: its heartbeat has to tell
    }
  }
  return running;
}

/** One that is being started may have no container yet. */
function wasStarted({ process, executorRef }: Worker): boolean {
  return process !== undefined || executorRef !== undefined;
}
