import type { ExecutionMode } from "../domain/worker.ts";
import { DirectExecutor } from "../executor/direct/direct-executor.ts";
import { DockerExecutor } from "../executor/docker/docker-executor.ts";
import type { PrepareWish, WorkerExecutor } from "../executor/executor.ts";
import { InlineExecutor } from "../executor/inline/inline-executor.ts";
import { siblingModule } from "../worker/sibling-module.ts";

export interface ExecutorOptions {
  /** Told what takes long before a worker can start: the pull of an image. */
  readonly say?: (line: string) => void;
}

/** Every way to run workers that this version has. Docker is looked for when it is first needed. */
export function makeExecutors(
  options: ExecutorOptions = {},
): ReadonlyMap<ExecutionMode, WorkerExecutor> {
  const executors: WorkerExecutor[] = [
    new DirectExecutor(),
    new DockerExecutor(options),
    new InlineExecutor({ entry: siblingModule("../worker/thread-main", import.meta.url) }),
  ];
  return new Map(executors.map((executor) => [executor.mode, executor]));
}

/**
 * Looks whether what these pools need is there; nothing is started.
 *
 * @throws ClxError that says what is missing and what to do
 */
export async function prepare(
  executors: ReadonlyMap<ExecutionMode, WorkerExecutor>,
  pools: readonly (PrepareWish & { readonly mode: ExecutionMode })[],
): Promise<void> {
  for (const pool of pools) await executors.get(pool.mode)?.prepare?.(pool);
}

export async function closeAll(
  executors: ReadonlyMap<ExecutionMode, WorkerExecutor>,
): Promise<void> {
  for (const executor of executors.values()) await executor.close();
}
