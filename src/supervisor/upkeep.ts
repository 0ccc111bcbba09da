import type { Worker } from "../domain/worker.ts";
import { endedWorkerStates } from "../domain/worker-state.ts";
import { isAlive } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { Clock } from "./clock.ts";
import { isProcessOfItsOwn } from "./recovery/end-remains.ts";

export interface UpkeepParams {
  readonly store: TaskStore;
  readonly clock: Clock;
  /** Rows of workers that ended longer ago are removed. */
  readonly cleanupAgeMs: number;
  /** Workers that are not buried yet. */
  readonly isOurs: (workerId: string) => boolean;
}

const seldomMs = 60_000;

/**
 * Removes the rows of workers that ended long ago.
 *
 * A row outlives its process, however old it is: whoever sweeps finds the process by it.
 */
export class Upkeep {
  readonly #params: UpkeepParams;
  #doneAt = Number.NEGATIVE_INFINITY;

  constructor(params: UpkeepParams) {
    this.#params = params;
  }

  /** Meant to be called often; most calls do nothing. */
  async look(): Promise<void> {
    const { store, clock, cleanupAgeMs, isOurs } = this.#params;
    const at = clock.monotonic();
    if (at - this.#doneAt < Math.min(cleanupAgeMs, seldomMs)) return;
    this.#doneAt = at;
    const endedBefore = clock.now() - cleanupAgeMs;
    const ended = await store.listWorkers({ states: [...endedWorkerStates] });
    const over = ended.filter((worker) => isOver(worker, endedBefore) && !isOurs(worker.id));
    const ids = over.map(({ id }) => id);
    if (ids.length > 0) await store.deleteWorkers({ endedBefore, ids });
  }
}

function isOver(worker: Worker, endedBefore: number): boolean {
  const { endedAt = endedBefore, process } = worker;
  if (endedAt >= endedBefore) return false;
  return process === undefined || !isProcessOfItsOwn(worker) || isAlive(process) !== true;
}
