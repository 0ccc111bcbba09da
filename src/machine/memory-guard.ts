import type { MemoryFacts } from "./memory.ts";

const gib = 1024 ** 3;

/** What is kept for everything else on the machine. */
export function memoryGuard({ memoryTotal, platform }: MemoryFacts): number {
  const extra = platform === "win32" ? gib : 0;
  return Math.max(2 * gib, memoryTotal / 10) + extra;
}
