import { readMemory } from "../machine/memory.ts";
import { memoryGuard } from "../machine/memory-guard.ts";
import { monotonicMs } from "./monotonic.ts";

/** On macOS two programs have to be asked, and this thread waits for them. */
const staleAfterMs = process.platform === "darwin" ? 10_000 : 1_000;

/** What this host can give, less the guard; not looked at for every claim. */
export function memoryFreeReader(): () => number {
  let free = 0;
  let readAt = -Infinity;
  return () => {
    const now = monotonicMs();
    if (now - readAt < staleAfterMs) return free;
    readAt = now;
    const memory = readMemory();
    free = Math.max(0, memory.memoryAvailable - memoryGuard(memory));
    return free;
  };
}
