import { readMachine } from "../machine/memory.ts";
import { memoryGuard } from "../machine/memory-guard.ts";
import { monotonicMs } from "./monotonic.ts";

const staleAfterMs = 1_000;

/** What this host can give, less the guard; looked at once a second at most. */
export function memoryFreeReader(): () => number {
  let free = 0;
  let readAt = -Infinity;
  return () => {
    const now = monotonicMs();
    if (now - readAt < staleAfterMs) return free;
    readAt = now;
    const machine = readMachine();
    free = Math.max(0, machine.memoryAvailable - memoryGuard(machine));
    return free;
  };
}
