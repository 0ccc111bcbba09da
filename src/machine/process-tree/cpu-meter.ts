import type { SeenProcess } from "../process-table.ts";

/** The kernel counts in steps of 10 ms: over less than this the steps would show. */
const shortestMs = 200;

/** Turns the processor times of a tree into per cent of one core, over the time between looks. */
export class CpuMeter {
  #at: number | undefined;
  #cpuMs = new Map<string, number>();
  #percent: number | undefined;

  /** Nothing until two looks have been far enough apart; 0 where there is nobody. */
  percentOf(members: readonly SeenProcess[], now = performance.now()): number | undefined {
    const elapsed = this.#at === undefined ? undefined : now - this.#at;
    if (elapsed === undefined || elapsed >= shortestMs) {
      if (elapsed !== undefined) this.#percent = (this.#usedBy(members) / elapsed) * 100;
      this.#at = now;
      this.#cpuMs = new Map(members.map((member) => [key(member), member.cpuMs]));
    }
    return members.length && this.#percent;
  }

  /** Since the last look. */
  #usedBy(members: readonly SeenProcess[]): number {
    let used = 0;
    for (const member of members) used += member.cpuMs - (this.#cpuMs.get(key(member)) ?? 0);
    return used;
  }
}

function key({ pid, startedAt }: SeenProcess): string {
  return `${pid}@${startedAt}`;
}
