import type { AttemptUsage } from "../attempt/attempt.ts";

const fieldsPerSlot = 2;

/**
 * Memory that both threads see: what each running attempt has used so far.
 *
 * Messages would come too late for an attempt that blocks the event loop until its very end.
 */
export class UsageBoard {
  readonly memory: SharedArrayBuffer;
  readonly #fields: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#fields = new Float64Array(memory);
  }

  static forSlots(slots: number): UsageBoard {
    return new UsageBoard(new SharedArrayBuffer(slots * fieldsPerSlot * 8));
  }

  clear(slot: number): void {
    this.#fields.fill(0, slot * fieldsPerSlot, (slot + 1) * fieldsPerSlot);
  }

  note(slot: number, memory: number, cpuMs: number): void {
    const at = slot * fieldsPerSlot;
    this.#fields[at] = Math.max(this.#fields[at] ?? 0, memory);
    this.#fields[at + 1] = (this.#fields[at + 1] ?? 0) + cpuMs;
  }

  read(slot: number): AttemptUsage {
    const peakMemory = this.#fields[slot * fieldsPerSlot] ?? 0;
    const cpuMs = this.#fields[slot * fieldsPerSlot + 1] ?? 0;
    return peakMemory === 0 ? {} : { peakMemory, cpuMs: Math.round(cpuMs) };
  }
}
