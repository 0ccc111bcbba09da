import type { Pause, PauseScope } from "../../domain/pause.ts";
import { openTaskStates, type TaskState } from "../../domain/task-state.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Caller } from "../gate/caller.ts";
import type { ServerContext } from "../server-context.ts";

export interface QueueStats {
  readonly counts: Readonly<Record<TaskState, number>>;
  readonly size: number;
  /** How many tasks the workers that are well can run at once. */
  readonly concurrency: number;
  readonly pauses: readonly Pause[];
}

const ableStates: readonly string[] = ["idle", "busy"];

export async function queueStats(store: TaskStore): Promise<QueueStats> {
  const [{ counts }, workers, pauses] = await Promise.all([
    store.countMatching({}),
    store.listWorkers({ states: liveWorkerStates }),
    store.listPauses(),
  ]);
  const able = workers.filter(({ state }) => ableStates.includes(state));
  return {
    counts,
    size: openTaskStates.reduce((sum, state) => sum + counts[state], 0),
    concurrency: able.reduce((sum, { concurrency }) => sum + concurrency, 0),
    pauses,
  };
}

export interface PauseParams {
  readonly scope: PauseScope;
  readonly paused: boolean;
  readonly caller: Caller;
  readonly reason?: string | undefined;
}

/** Holds tasks back, or lets them go again; answers with the pauses in force then. */
export async function pauseQueue(
  { store, clock }: ServerContext,
  { scope, paused, caller, reason }: PauseParams,
): Promise<readonly Pause[]> {
  return await store.setPause({
    ...{ scope, paused, by: caller.name, now: clock.now() },
    ...(reason !== undefined && { reason }),
  });
}
