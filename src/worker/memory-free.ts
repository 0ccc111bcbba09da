import { readMemory } from "../machine/memory.ts";
import { memoryGuard } from "../machine/memory-guard.ts";
import { monotonicMs } from "./monotonic.ts";

/** On macOS two programs have to be asked, and this thread waits for them. */
const isDear = process.platform === "darwin";
const freshForMs = isDear ? 10_000 : 1_000;
/** The slow poll asks more often, so an idle worker always has a value that will do. */
const usableForMs = isDear ? 30_000 : 5_000;
/** Later than the claim for which it was asked. */
const refreshAfterMs = 50;

/** What this host can give, less the guard. A claim does not wait 0.2 to 1 ms for the latest value. */
export function memoryFreeReader(): () => number {
  let free = 0;
  let readAt = -Infinity;
  let refreshing: NodeJS.Timeout | undefined;
  const refresh = () => {
    clearTimeout(refreshing);
    refreshing = undefined;
    readAt = monotonicMs();
    const memory = readMemory();
    free = Math.max(0, memory.memoryAvailable - memoryGuard(memory));
  };
  return () => {
    const ageMs = monotonicMs() - readAt;
    if (ageMs > usableForMs) refresh();
    else if (ageMs > freshForMs) refreshing ??= setTimeout(refresh, refreshAfterMs).unref();
    return free;
  };
}
