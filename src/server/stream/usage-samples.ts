import type { Worker } from "../../domain/worker.ts";
import type { UsageSample } from "./feed.ts";

const keptMs = 3_600_000;
const mostSamples = 720;
const mostWorkers = 512;

/** What live workers used at each of their heartbeats, for an hour. */
export class UsageSamples {
  readonly #ofWorker = new Map<string, UsageSample[]>();

  /** @returns those that have told something new */
  add(workers: readonly Worker[], now: number): string[] {
    this.#forget(now);
    return workers.filter((worker) => this.#addOne(worker)).map(({ id }) => id);
  }

  of(workerId: string): readonly UsageSample[] {
    return [...(this.#ofWorker.get(workerId) ?? [])];
  }

  #addOne({ id, usage, heartbeatAt: at }: Worker): boolean {
    if (usage === undefined || at === undefined) return false;
    const samples = this.#ofWorker.get(id) ?? [];
    if (samples.at(-1)?.at === at) return false;
    samples.push({ at, ...usage });
    if (samples.length > mostSamples) samples.shift();
    this.#ofWorker.delete(id);
    this.#ofWorker.set(id, samples);
    return true;
  }

  /** The oldest first, as the map is in the order of the last samples. */
  #forget(now: number): void {
    for (const [id, samples] of this.#ofWorker) {
      const isOld = (samples.at(-1)?.at ?? 0) < now - keptMs;
      if (!isOld && this.#ofWorker.size <= mostWorkers) return;
      this.#ofWorker.delete(id);
    }
  }
}
