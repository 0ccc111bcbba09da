import { setTimeout as sleep } from "node:timers/promises";

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Polls until the signal is aborted, or a poll answers `false`; with growing pauses while polls
 * fail. Nobody else need know of that: calls find out by themselves that the server is away.
 */
export async function pollOnAndOn(
  signal: AbortSignal,
  poll: () => Promise<boolean>,
): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    try {
      if (!(await poll())) return;
      pauseMs = firstPauseMs;
    } catch {
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
}
