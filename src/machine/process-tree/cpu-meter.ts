import type { SeenProcess } from "../process-table.ts";

/** The kernel counts in steps of 10 ms: over less than this the steps would show. */
const shortestMs = 200;

/** Turns the processor times of a tree into per cent of one core, over the time between looks. */
export class CpuMeter {
  #at: number | undefined;
  #cpuMs = new Map<string, number>();
  #percent = 0;

  percentOf(members: readonly SeenProcess[], now = performance.now()): number {
    const elapsed = this.#at === undefined ? 0 : now - this.#at;
    if (this.#at !== undefined && elapsed < shortestMs) return members.length && this.#percent;
    let used = 0;
    for (const member of members) used += member.cpuMs - (this.#cpuMs.get(key(member)) ?? 0);
    this.#percent = elapsed === 0 ? 0 : (used / elapsed) * 100;
    this.#at = now;
    this.#cpuMs = new Map(members.map((member) => [key(member), member.cpuMs]));
    return this.#percent;
  }
}

function key({ pid, startedAt }: SeenProcess): string {
  return `${pid}@${startedAt}`;
}
