import type { LoggedEvent } from "../domain/event.ts";
import type { Worker } from "../domain/worker.ts";
import type { TaskStore } from "../store/task-store.ts";
import { abortedForGood, abortedForNow } from "./abort-worker.ts";
import type { Charge } from "./charge.ts";

const types = ["worker_draining", "worker_aborted"] as const;
const batch = 500;

/**
 * What others, here or in another process, want of our workers: they drain or abort them.
 *
 * Rows alone do not tell: a worker that was drained has left in peace before anybody looks, and
 * one whose process was killed to have its task run again looks like any other that died. The
 * log of events does; it is read from where it ended when we began.
 */
export class OthersWishes {
  readonly #store: TaskStore;
  readonly #onShrunk: (charge: Charge, why: string) => void;
  #cursor: number | undefined;
  readonly #wishes = new Map<string, LoggedEvent>();

  /** @param onShrunk told when a pool wants one fewer, and why */
  constructor(store: TaskStore, onShrunk: (charge: Charge, why: string) => void) {
    this.#store = store;
    this.#onShrunk = onShrunk;
  }

  /**
   * A worker that somebody drained, or aborted for good, is not replaced, and its pool wants one
   * fewer from now on.
   */
  heed(charge: Charge, row: Worker | undefined): void {
    if (charge.leaving !== undefined || row === undefined) return;
    const wish = this.#wishes.get(charge.id);
    const reason = wish?.type === "worker_aborted" ? wish.data?.reason : row.ending?.reason;
    if (reason === abortedForNow) {
      charge.leaving = { kind: "aborted", why: abortedForNow, replace: true };
      return;
    }
    const isAborted = reason === abortedForGood;
    if (!isAborted && wish === undefined && row.state !== "draining") return;
    charge.leaving = isAborted
      ? { kind: "ended", why: abortedForGood, replace: false }
      : { kind: "drained", why: "drained by hand", replace: false };
    charge.pool.wantOneFewer();
    this.#onShrunk(charge, charge.leaving.why);
  }

  /** Takes in what was logged about our workers since the last time. */
  async read(isOurs: (workerId: string) => boolean): Promise<void> {
    this.#cursor ??= await endOfLog(this.#store, 0);
    for (let isAll = false; !isAll; ) {
      const after = this.#cursor;
      const end = await endOfLog(this.#store, after);
      const events = await this.#store.listEvents({ after, limit: batch, types });
      isAll = events.length < batch;
      this.#cursor = Math.max(this.#cursor, events.at(-1)?.cursor ?? 0, isAll ? end : 0);
      for (const event of events) {
        if (event.workerId && isOurs(event.workerId)) this.#wishes.set(event.workerId, event);
      }
    }
  }

  forget(workerId: string): void {
    this.#wishes.delete(workerId);
  }
}

/** The cursor of the newest event; most events are of tasks, and there may be very many of them. */
async function endOfLog(store: TaskStore, from: number): Promise<number> {
  const [newest] = await store.listEvents({ after: from, newestBefore: "end", limit: 1 });
  return newest?.cursor ?? from;
}
