import type { Worker } from "../../domain/worker.ts";
import { isAlive } from "../../machine/process-identity.ts";
import { isProcessOfItsOwn } from "./end-remains.ts";

/**
 * Workers whose row has ended while their process still runs.
 *
 * A worker that was ended by somebody else learns it at its next heartbeat and leaves; one
 * that does not within `leaveMs` of our watching has to be made to.
 */
export class Parted {
  readonly #leaveMs: number;
  #watched = new Map<string, { readonly worker: Worker; readonly since: number }>();

  constructor(leaveMs: number) {
    this.#leaveMs = leaveMs;
  }

  /** Takes in workers that have ended; who is gone, or is no process of its own, is no matter. */
  watch(ended: readonly Worker[], now: number): void {
    for (const worker of ended) {
      if (this.#watched.has(worker.id) || !runsOn(worker)) continue;
      this.#watched.set(worker.id, { worker, since: now });
    }
  }

  /** Those that have overstayed. */
  overdue(now: number): Worker[] {
    const still = [...this.#watched].filter(([, { worker }]) => runsOn(worker));
    this.#watched = new Map(still);
    return still
      .filter(([, { since }]) => now - since >= this.#leaveMs)
      .map(([, { worker }]) => worker);
  }
}

function runsOn(worker: Worker): boolean {
  const { process, parent } = worker;
  if (process === undefined || !isProcessOfItsOwn(worker)) return false;
  const isForeign = parent !== undefined && isAlive(parent) === true;
  return !isForeign && isAlive(process) === true;
}
