import { getHeapStatistics } from "node:v8";
import type { Worker as Thread } from "node:worker_threads";

const everyMs = 200;
const cpuEveryMs = 1_000;

/**
 * V8 ends the whole process when the heap of one thread is full: Node asks it to end the thread
 * alone, and a thread that allocates fast gets past that. So its limit is put out of reach, and we
 * end the thread by ourselves well before.
 */
export const heapLimits = {
  maxOldGenerationSizeMb: 8_192,
  maxYoungGenerationSizeMb: 64,
} as const;

/** What a thread may have when nobody says it: what V8 gives to a process of its own here. */
const defaultHeap = getHeapStatistics().heap_size_limit;

/** Newer Nodes tell more about their threads. */
type Measurable = Thread & {
  getHeapStatistics?(): Promise<{
    readonly total_physical_size: number;
    readonly used_heap_size: number;
    readonly external_memory: number;
  }>;
  cpuUsage?(): Promise<{ readonly user: number; readonly system: number }>;
};

/** Measures a thread from outside, so that it also works while the thread blocks. */
export class ThreadMeter {
  static readonly size = 2 * Float64Array.BYTES_PER_ELEMENT;

  readonly #thread: Measurable;
  readonly #fields: Float64Array;
  readonly #timer: NodeJS.Timeout;
  readonly #heapLimit: number;
  readonly #onHeapFull: (limit: number) => void;
  #cpuMs = 0;
  #measuredAt = performance.now();
  #isMeasuring = false;

  /** @param params.onHeapFull called when the thread must be ended for what it holds */
  constructor(params: {
    readonly thread: Thread;
    readonly memory: SharedArrayBuffer;
    readonly heapLimit: number | undefined;
    readonly onHeapFull: (limit: number) => void;
  }) {
    const { thread, memory, heapLimit = defaultHeap, onHeapFull } = params;
    this.#thread = thread;
    this.#heapLimit = Math.min(heapLimit, defaultHeap);
    this.#onHeapFull = onHeapFull;
    this.#fields = new Float64Array(memory);
    this.#fields[1] = "cpuUsage" in this.#thread ? Number.NaN : 0;
    this.#timer = setInterval(() => void this.#measure(), everyMs).unref();
  }

  /** `cpuPercent`: NaN until it was measured. */
  read(): { readonly memory: number; readonly cpuPercent: number } {
    return { memory: this.#fields[0] ?? 0, cpuPercent: this.#fields[1] ?? 0 };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #measure(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    try {
      const heap = await this.#thread.getHeapStatistics?.();
      if (heap) {
        this.#fields[0] = heap.total_physical_size + heap.external_memory;
        if (heap.used_heap_size > this.#heapLimit) this.#onHeapFull(this.#heapLimit);
      }
      if (performance.now() - this.#measuredAt < cpuEveryMs) return;
      const used = await this.#thread.cpuUsage?.();
      if (used) this.#noteCpu((used.user + used.system) / 1_000);
    } catch {
      // It has just ended.
    } finally {
      this.#isMeasuring = false;
    }
  }

  #noteCpu(cpuMs: number): void {
    const now = performance.now();
    this.#fields[1] = Math.max(0, (100 * (cpuMs - this.#cpuMs)) / (now - this.#measuredAt));
    this.#cpuMs = cpuMs;
    this.#measuredAt = now;
  }
}
