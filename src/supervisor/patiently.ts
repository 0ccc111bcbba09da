import { setTimeout as sleep } from "node:timers/promises";
import { isPassing } from "../domain/errors.ts";

/** Tries again, with growing pauses, while the store fails in a way that may pass. */
export async function patiently<T>(patienceMs: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || performance.now() + pauseMs > deadline) throw error;
    }
    await sleep(pauseMs);
  }
}
