import { statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { ClxError } from "../../domain/errors.ts";
import { span } from "../../domain/time-words.ts";
import { isBusy } from "./sqlite-errors.ts";

/**
 * Tries again while another connection holds the lock, between turns of the event loop.
 *
 * SQLite's own busy time-out sleeps in the calling thread: a lock held by a stranger would
 * stop everything else in this process, so it is set to 0 and the waiting is done here.
 */
export class Patience {
  readonly #path: string;
  #timeoutMs: number;
  #onLongWait: (() => void) | undefined;

  /** @param onLongWait called once, when somebody has waited for seconds */
  constructor(path: string, timeoutMs: number, onLongWait?: () => void) {
    this.#path = path;
    this.#timeoutMs = timeoutMs;
    this.#onLongWait = onLongWait;
  }

  /** Whoever waits already, or will have to, does so no longer than this. */
  shorten(timeoutMs: number): void {
    this.#timeoutMs = Math.min(timeoutMs, this.#timeoutMs);
  }

  /** The first try is made before this returns. */
  async retry<T>(step: () => T): Promise<T> {
    const started = performance.now();
    for (let tries = 0; ; tries++) {
      try {
        return step();
      } catch (error) {
        if (!isBusy(error)) throw error;
        const waitedMs = performance.now() - started;
        if (waitedMs >= this.#timeoutMs) throw this.#gaveUp(waitedMs, error);
        if (waitedMs >= longWaitMs) this.#tellOfLongWait();
      }
      const pausing = pause(tries);
      if (pausing !== undefined) await pausing;
    }
  }

  #tellOfLongWait(): void {
    const tell = this.#onLongWait;
    this.#onLongWait = undefined;
    tell?.();
  }

  #gaveUp(waitedMs: number, cause: unknown): ClxError {
    const mode = statSync(this.#path, { throwIfNoEntry: false })?.mode;
    const rights = mode === undefined ? "file is gone" : `file mode ${(mode & 0o777).toString(8)}`;
    return new ClxError(
      "store_busy",
      `the store ${this.#path} stayed locked by another process for ${span(waitedMs)} (${rights}); nothing of the call has been kept; find the process with "fuser -v ${this.#path}", end it, then try again`,
      { cause },
    );
  }
}

const longWaitMs = 2_000;

/** A lock is held for a fraction of a millisecond as a rule, and no timer is as short. */
const glances = 8;
const glanceMs = 0.1;
const nothing = new Int32Array(new SharedArrayBuffer(4));

/**
 * First a few glances, less than a millisecond in all, then timers: random, so that those who
 * wait do not come all at once, and growing, so that they leave the machine to whoever holds
 * the lock. With 64 processes that did nothing but settle, a third more got done than with at
 * most 5 ms; the glances made the median latency under half load four times shorter.
 */
function pause(tries: number): Promise<unknown> | undefined {
  if (tries < glances) {
    Atomics.wait(nothing, 0, 0, glanceMs * (0.5 + Math.random()));
    return undefined;
  }
  return setTimeout(1 + Math.random() * Math.min(20, 2 + (tries - glances) / 2));
}
