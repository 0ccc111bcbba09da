import { explainWait } from "../domain/explain-wait.ts";
import { isHeldBy, type Pause } from "../domain/pause.ts";
import type { Task } from "../domain/task.ts";
import type { WaitingTask } from "../store/task-store.ts";
import { memoryForTask } from "./memory-for-task.ts";
import type { MemoryOverview, PoolOverview, SeenWorker, WaitingOverview } from "./overview.ts";
import { ableWorkers } from "./see-workers.ts";

export interface WaitSources {
  readonly now: number;
  readonly pauses: readonly Pause[];
  readonly workers: readonly SeenWorker[];
  readonly pools: readonly PoolOverview[];
  readonly memory: MemoryOverview;
  readonly knownTypes?: readonly string[];
}

/** @param waiting tasks of one type and queue, in the order in which the store lists them */
export function seeWaiting(
  waiting: readonly WaitingTask[],
  sources: WaitSources,
): WaitingOverview[] {
  const { now, pauses, workers, memory, knownTypes } = sources;
  const due = waiting.filter(({ task }) => isDue(task, now)).map(({ task }) => task);
  return waiting.flatMap(({ task, openDependencies }) => {
    const pause = pauses.find((one) => isHeldBy(task, one));
    const poolTrouble = troubleOf(task, sources.pools);
    const because = explainWait(task, {
      now,
      openDependencies,
      workers: ableWorkers(task, workers),
      tasksAhead: Math.max(0, due.indexOf(task)),
      ...memoryForTask(task, workers, memory),
      ...(pause && { pause }),
      ...(poolTrouble !== undefined && { poolTrouble }),
      ...(knownTypes && { knownTypes }),
    });
    return because === undefined ? [] : [{ task, because }];
  });
}

export function isDue({ state, runAt = 0 }: Task, now: number): boolean {
  return state === "pending" && runAt <= now;
}

/** Why the pools that would do a task have too few workers. */
export function troubleOf(
  { type, queue }: Pick<Task, "type" | "queue">,
  pools: readonly PoolOverview[],
): string | undefined {
  const able = pools.filter((pool) => pool.type === type && pool.queue === queue);
  const [first] = able;
  const told = able.find(({ trouble }) => trouble !== undefined)?.trouble;
  if (told !== undefined || first === undefined) return told;
  if (able.some(({ wanted }) => wanted > 0)) return undefined;
  return `pool ${first.name} of process ${first.supervisor.pid} wants none any more: they were drained or aborted by hand`;
}
