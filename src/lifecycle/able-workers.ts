import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import { isAlive } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";

export interface AbleParams {
  readonly store: TaskStore;
  readonly type: string;
  readonly queue: string;
  readonly now: number;
}

/**
 * Workers that take anybody's tasks of a type and queue, whoever started them: healthy ones, and
 * those that are about to be.
 */
export async function findAbleWorkers(params: AbleParams): Promise<readonly Worker[]> {
  const { store, type, queue, now } = params;
  const live = await store.listWorkers({ type, states: liveWorkerStates });
  return live.filter(
    (worker) =>
      worker.queue === queue &&
      worker.sessionId === undefined &&
      (isHealthy(worker, now) || isStarting(worker)),
  );
}

/** It is not ready yet, and whoever has begun to start it is there to go on with that. */
export function isStarting({ state, parent }: Worker): boolean {
  return state === "created" && parent !== undefined && isAlive(parent) === true;
}

/** Its row is live, its lease has not lapsed, and its process is not known to be gone. */
export function isHealthy({ state, leasedUntil = 0, process }: Worker, now: number): boolean {
  if (state !== "idle" && state !== "busy") return false;
  return leasedUntil > now && process !== undefined && isAlive(process) !== false;
}

/** It could take one more task now. */
export function hasFreeSlot({ taskIds, concurrency }: Worker): boolean {
  return taskIds.length < concurrency;
}
