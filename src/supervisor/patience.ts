import { setTimeout as sleep } from "node:timers/promises";
import { ClxError, isPassing } from "../domain/errors.ts";
import type { TaskStore } from "../store/task-store.ts";

/**
 * How long is waited for a store that fails in a way that may pass.
 *
 * Whoever stops has less time: hurried, no call lasts longer than the limit, and after the first
 * one that had to be given up all others are refused at once. What could not be recorded is put
 * right by whoever sweeps next.
 */
export class Patience {
  readonly #patienceMs: number;
  readonly #calls = new Set<Call>();
  #limitMs: number | undefined;
  #lost: ClxError | undefined;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  get isHurried(): boolean {
    return this.#limitMs !== undefined;
  }

  /** Why the store was given up. */
  get lost(): ClxError | undefined {
    return this.#lost;
  }

  /** From now on nothing lasts longer than this. */
  hurry(limitMs: number): void {
    this.#limitMs = Math.min(limitMs, this.#limitMs ?? limitMs);
    for (const call of this.#calls) this.#setLimit(call, this.#limitMs);
  }

  /** Tries again, with growing pauses. */
  insist<T>(attempt: () => Promise<T>): Promise<T> {
    return this.bound((call) => this.#tryAgain(call, attempt));
  }

  /** Given up once the limit is over, if there is one. */
  async bound<T>(begin: (call: Call) => Promise<T>): Promise<T> {
    if (this.#lost !== undefined) throw this.#lost;
    const { promise: refusal, reject: refuse } = Promise.withResolvers<never>();
    const call: Call = { refuse };
    this.#calls.add(call);
    if (this.#limitMs !== undefined) this.#setLimit(call, this.#limitMs);
    try {
      return await Promise.race([begin(call), refusal]);
    } finally {
      clearTimeout(call.timer);
      this.#calls.delete(call);
    }
  }

  #setLimit(call: Call, limitMs: number): void {
    clearTimeout(call.timer);
    call.timer = setTimeout(() => this.#giveUp(call), limitMs);
  }

  #giveUp({ lastError }: Call): void {
    this.#lost ??= lastError ?? unanswered;
    for (const call of this.#calls) call.refuse(this.#lost);
  }

  async #tryAgain<T>(call: Call, attempt: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#patienceMs;
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isPassing(error) || !this.#calls.has(call)) throw error;
        if (performance.now() + pauseMs > deadline) throw error;
        if (error instanceof ClxError) call.lastError = error;
      }
      await sleep(pauseMs);
    }
  }
}

/** The same store, whose answers are waited for no longer than patience allows. */
export function boundedStore(store: TaskStore, patience: Patience): TaskStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function" || name === "watch") {
        return typeof member === "function" ? member.bind(target) : member;
      }
      return (...params: readonly unknown[]) =>
        patience.bound(async () => Reflect.apply(member, target, params));
    },
  });
}

const unanswered = new ClxError(
  "store_busy",
  'the store does not answer: another process may hold its lock; "fuser -v" on its file names it',
);

interface Call {
  readonly refuse: (error: ClxError) => void;
  timer?: NodeJS.Timeout;
  lastError?: ClxError;
}
