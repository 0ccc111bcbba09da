import type { ExecutionMode } from "../domain/worker.ts";
import { DirectExecutor } from "../executor/direct/direct-executor.ts";
import type { WorkerExecutor } from "../executor/executor.ts";
import { InlineExecutor } from "../executor/inline/inline-executor.ts";
import { runWorker } from "../worker/run-worker.ts";

/** Every way to run workers that this version has. */
export function makeExecutors(): ReadonlyMap<ExecutionMode, WorkerExecutor> {
  const executors: WorkerExecutor[] = [
    new DirectExecutor(),
    new InlineExecutor({ run: (launch, { signal }) => runWorker(launch, { signal }) }),
  ];
  return new Map(executors.map((executor) => [executor.mode, executor]));
}

export async function closeAll(
  executors: ReadonlyMap<ExecutionMode, WorkerExecutor>,
): Promise<void> {
  for (const executor of executors.values()) await executor.close();
}
