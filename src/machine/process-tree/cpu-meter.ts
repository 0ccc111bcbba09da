import type { SeenProcess } from "../process-table.ts";

/** Turns the processor times of a tree into per cent of one core since the last look. */
export class CpuMeter {
  #at: number | undefined;
  #cpuMs = new Map<string, number>();

  percentSince(members: readonly SeenProcess[], now = performance.now()): number {
    const before = this.#cpuMs;
    const elapsed = this.#at === undefined ? 0 : now - this.#at;
    this.#at = now;
    this.#cpuMs = new Map(members.map((member) => [key(member), member.cpuMs]));
    if (elapsed <= 0) return 0;
    let used = 0;
    for (const member of members) used += member.cpuMs - (before.get(key(member)) ?? 0);
    return Math.max(0, (used / elapsed) * 100);
  }
}

function key({ pid, startedAt }: SeenProcess): string {
  return `${pid}@${startedAt}`;
}
