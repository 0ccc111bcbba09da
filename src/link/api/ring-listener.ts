import { setTimeout as sleep } from "node:timers/promises";
import type { Watch } from "../../store/task-store.ts";
import { longestWaitMs, type WatchAnswer, type WatchRequest } from "./protocol.ts";

export interface RingListenerParams {
  readonly poll: (
    request: WatchRequest,
    how: { readonly signal: AbortSignal; readonly quietMs: number },
  ) => Promise<WatchAnswer>;
}

export interface ListenWish {
  /** For due tasks too. */
  readonly work: boolean;
  readonly onRing: () => void;
}

/** Beyond the time that the server may take by itself. */
const lateMs = 10_000;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Hears the bell of the worker API by long polls, one after the other.
 *
 * A worker whose slots are all filled claims again anyway as soon as one is free: until then
 * nobody polls for work. A server that comes back rings, as nobody knows what was missed.
 */
export class RingListener {
  readonly #poll: RingListenerParams["poll"];
  readonly #closing = new AbortController();
  #seen: string | undefined;
  #isHungry = true;
  #onHungry = Promise.withResolvers<void>();

  constructor({ poll }: RingListenerParams) {
    this.#poll = poll;
    this.#onHungry.resolve();
  }

  /** A claim was answered; `isHungry` when it got less than it could have taken. */
  claimed({ mark, isHungry }: { readonly mark: string; readonly isHungry: boolean }): void {
    this.#seen = mark;
    if (isHungry === this.#isHungry) return;
    this.#isHungry = isHungry;
    if (isHungry) this.#onHungry.resolve();
    else this.#onHungry = Promise.withResolvers<void>();
  }

  listen({ work, onRing }: ListenWish): Watch {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#closing.signal]);
    void this.#listenTo({ work: false, onRing }, signal);
    if (work) void this.#listenTo({ work: true, onRing }, signal);
    return { close: () => stop.abort() };
  }

  close(): void {
    this.#closing.abort();
    this.#onHungry.resolve();
  }

  async #listenTo({ work, onRing }: ListenWish, signal: AbortSignal): Promise<void> {
    let seen: string | undefined;
    for (let pauseMs = firstPauseMs; ; ) {
      if (work) await this.#onHungry.promise;
      if (signal.aborted) return;
      if (work) seen = this.#seen ?? seen;
      try {
        const request = { work, waitMs: longestWaitMs, ...(seen !== undefined && { seen }) };
        const answer = await this.#poll(request, { signal, quietMs: longestWaitMs + lateMs });
        if (signal.aborted) return;
        seen = answer.mark;
        if (work) this.#seen = answer.mark;
        if (answer.rung) onRing();
        pauseMs = firstPauseMs;
      } catch {
        // Nobody else need know: calls find out by themselves that the server is away.
        await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }
}
