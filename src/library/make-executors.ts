import type { ExecutionMode } from "../domain/worker.ts";
import { DirectExecutor } from "../executor/direct/direct-executor.ts";
import type { WorkerExecutor } from "../executor/executor.ts";
import { InlineExecutor } from "../executor/inline/inline-executor.ts";
import { siblingModule } from "../worker/sibling-module.ts";

/** Every way to run workers that this version has. */
export function makeExecutors(): ReadonlyMap<ExecutionMode, WorkerExecutor> {
  const executors: WorkerExecutor[] = [
    new DirectExecutor(),
    new InlineExecutor({ entry: siblingModule("../worker/thread-main", import.meta.url) }),
  ];
  return new Map(executors.map((executor) => [executor.mode, executor]));
}

export async function closeAll(
  executors: ReadonlyMap<ExecutionMode, WorkerExecutor>,
): Promise<void> {
  for (const executor of executors.values()) await executor.close();
}
