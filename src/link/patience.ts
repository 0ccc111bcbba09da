import { setTimeout as sleep } from "node:timers/promises";
import { ClxError, isPassing } from "../domain/errors.ts";

const firstPauseMs = 20;
const longestPauseMs = 2_000;

/** Tries again, with growing pauses, what failed for a reason that may pass. */
export class Patience {
  readonly #patienceMs: number;
  readonly #closing = new AbortController();

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** `step` is told how long it has been waiting so far. */
  async insist<T>(step: (waitedMs: number) => Promise<T>): Promise<T> {
    const started = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const waitedMs = Math.round(performance.now() - started);
      try {
        return await step(waitedMs);
      } catch (error) {
        if (!isPassing(error) || waitedMs >= this.#patienceMs) throw error;
      }
      await this.#pause(pauseMs * (0.5 + Math.random() / 2));
    }
  }

  /** Whoever waits is refused, and so is whoever would have to. */
  close(): void {
    this.#closing.abort();
  }

  async #pause(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.#closing.signal });
    } catch (cause) {
      throw new ClxError("store_closed", "the link to the store was closed while a call waited", {
        cause,
      });
    }
  }
}
