import type { TaskStore } from "../store/task-store.ts";

const slowPollMs = 2_000;
/** A busy store rings thousands of times a second; a person does not read as fast. */
const restMs = 15;

/**
 * Yields at once, and then whenever something in the store may have changed, until the signal
 * is aborted. The slow poll makes good a lost ring.
 */
export async function* changes(store: TaskStore, signal?: AbortSignal): AsyncGenerator<void> {
  let rung = false;
  let wake = () => {};
  const watch = store.watch([{ kind: "changes" }], () => {
    rung = true;
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener("abort", onAbort);
  try {
    while (!signal?.aborted) {
      rung = false;
      yield;
      await sleep(restMs);
      if (rung || signal?.aborted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, slowPollMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    watch.close();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
