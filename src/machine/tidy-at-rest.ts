import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const lookEveryMs = 2_000;
/** Of the time between two looks: whoever does more than that is not kept waiting. */
const restingShare = 0.1;

/**
 * Once, as soon as this thread rests: lets go of what its start has left behind.
 *
 * Loading a server makes garbage that V8 keeps until it needs the room, which a server at rest never
 * does: 7 MB of 85, and 4 for each worker that is a thread. Collecting it takes some 15 ms.
 */
export function tidyAtRest({ everyMs = lookEveryMs, collect = collectGarbage } = {}): void {
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > restingShare) return;
    clearInterval(timer);
    collect();
  }, everyMs);
  timer.unref();
}

/** It has to be asked for by a flag, which a context sees that is made afterwards. */
export function collectGarbage(): void {
  const gc = globalThis.gc ?? exposed();
  if (typeof gc === "function") gc({ type: "major", execution: "sync", flavor: "last-resort" });
}

function exposed(): unknown {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return gc;
}
