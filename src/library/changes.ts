import { setTimeout as sleep } from "node:timers/promises";
import type { TaskStore } from "../store/task-store.ts";

const slowPollMs = 2_000;
/** A busy store rings thousands of times a second; a person does not read as fast. */
const defaultRestMs = 15;

/**
 * Yields at once, and then whenever something in the store may have changed, until the signal
 * is aborted. The slow poll makes good a lost ring.
 *
 * Between two yields it rests. While it rests it does not listen either: to be called back for each
 * commit of a busy store costs more than to look once more.
 */
export async function* changes(
  store: TaskStore,
  signal?: AbortSignal,
  { restMs = defaultRestMs }: { readonly restMs?: number } = {},
): AsyncGenerator<void> {
  let listening = new Listening(store);
  const onAbort = () => listening.wake();
  signal?.addEventListener("abort", onAbort);
  try {
    while (!signal?.aborted) {
      yield;
      const restedFrom = performance.now();
      if (!signal?.aborted) await listening.rung(slowPollMs);
      const restLeftMs = restedFrom + restMs - performance.now();
      if (restLeftMs <= 0 || signal?.aborted) continue;
      listening.end();
      await sleep(restLeftMs, undefined, { ...(signal && { signal }) }).catch(() => {});
      listening = new Listening(store);
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    listening.end();
  }
}

/** From its beginning on, each ring is heard, until its end. */
class Listening {
  readonly end: () => void;
  #isRung = false;
  #wake = () => {};

  constructor(store: TaskStore) {
    const watch = store.watch([{ kind: "changes" }], () => {
      this.#isRung = true;
      this.wake();
    });
    this.end = () => watch.close();
  }

  async rung(withinMs: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRung = false;
  }

  wake(): void {
    this.#wake();
  }
}
