import { setTimeout as sleep } from "node:timers/promises";
import { ClxError, isPassing } from "../domain/errors.ts";

const firstPauseMs = 20;
const longestPauseMs = 2_000;

interface Call {
  readonly refuse: (error: ClxError) => void;
  timer?: NodeJS.Timeout;
}

/** Tries again, with growing pauses, what failed for a reason that may pass. */
export class Patience {
  readonly #patienceMs: number;
  readonly #mayPass: (error: unknown) => boolean;
  readonly #closing = new AbortController();
  readonly #calls = new Set<Call>();
  #limitMs: number | undefined;

  constructor(patienceMs: number, mayPass: (error: unknown) => boolean = isPassing) {
    this.#patienceMs = patienceMs;
    this.#mayPass = mayPass;
  }

  /** `step` is told how long it has been waiting so far. */
  insist<T>(step: (waitedMs: number) => Promise<T>): Promise<T> {
    return this.bound(this.#tryAgain(step));
  }

  /** From now on no call lasts longer than this. */
  hurry(limitMs: number): void {
    this.#limitMs = limitMs;
    for (const call of this.#calls) this.#setLimit(call, limitMs);
  }

  /** Refused once the limit is over, if there is one. */
  async bound<T>(answer: Promise<T>): Promise<T> {
    const { promise: refusal, reject: refuse } = Promise.withResolvers<never>();
    const call: Call = { refuse };
    this.#calls.add(call);
    if (this.#limitMs !== undefined) this.#setLimit(call, this.#limitMs);
    try {
      return await Promise.race([answer, refusal]);
    } finally {
      clearTimeout(call.timer);
      this.#calls.delete(call);
    }
  }

  /** Whoever waits is refused, and so is whoever would have to. */
  close(): void {
    this.#closing.abort();
  }

  #setLimit(call: Call, limitMs: number): void {
    clearTimeout(call.timer);
    call.timer = setTimeout(() => call.refuse(outOfReach(limitMs)), limitMs);
  }

  async #tryAgain<T>(step: (waitedMs: number) => Promise<T>): Promise<T> {
    const started = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const waitedMs = Math.round(performance.now() - started);
      try {
        return await step(waitedMs);
      } catch (error) {
        if (!this.#mayPass(error) || waitedMs >= this.#patienceMs) throw error;
      }
      await this.#pause(pauseMs * (0.5 + Math.random() / 2));
    }
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

function outOfReach(ms: number): ClxError {
  return new ClxError(
    "store_busy",
    `the store did not answer within the ${ms} ms that were left; whoever judges the worker will see what it held`,
  );
}
