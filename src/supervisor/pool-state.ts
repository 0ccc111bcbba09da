import type { Refusal } from "./admission.ts";
import type { PoolSpec } from "./pool.ts";
import { deathsInARow, type WorkerDeath } from "./restart-policy.ts";

/** What we know of a pool besides its workers. */
export class PoolState {
  spec: PoolSpec;
  /** Begins as the configured count; explicit additions and drains change it. */
  wanted: number;
  gaveUp: string | undefined;
  /** The refusal that was last shown, so that it is shown once. */
  refusal: Refusal | undefined;
  /** It is forgotten once its last worker has left. */
  isRemoved = false;
  announced: "nothing" | "starting" | "started" = "nothing";
  readonly #places = new Map<number, Place>();

  constructor(spec: PoolSpec) {
    this.spec = spec;
    this.wanted = spec.count;
  }

  want(count: number): void {
    this.wanted = Math.max(0, count);
    this.startAnew();
  }

  wantOneFewer(): void {
    this.wanted = Math.max(0, this.wanted - 1);
  }

  /** Somebody asked: what went wrong before no longer counts. */
  startAnew(): void {
    this.gaveUp = undefined;
    this.refusal = undefined;
    for (const place of this.#places.values()) place.deaths = [];
  }

  /** The worker of this place, and those that replace it, go past the limits of admission. */
  force(number: number): void {
    this.#place(number).isForced = true;
  }

  isForced(number: number): boolean {
    return this.spec.isForced === true || (this.#places.get(number)?.isForced ?? false);
  }

  /** The deaths at a place that still count, the new one included. */
  recordDeath(number: number, death: WorkerDeath): readonly WorkerDeath[] {
    const place = this.#place(number);
    place.deaths = deathsInARow([...place.deaths, death], this.spec.restart);
    return place.deaths;
  }

  wait(number: number, delayMs: number, onDue: () => void): void {
    const place = this.#place(number);
    clearTimeout(place.timer);
    place.timer = setTimeout(() => {
      place.timer = undefined;
      onDue();
    }, delayMs);
    place.timer.unref();
  }

  get waiting(): number[] {
    return [...this.#places].filter(([, { timer }]) => timer !== undefined).map(([n]) => n);
  }

  stopWaiting(numbers: readonly number[] = this.waiting): void {
    for (const number of numbers) {
      const place = this.#place(number);
      clearTimeout(place.timer);
      place.timer = undefined;
    }
  }

  /** Why a worker is started there. */
  reasonFor(number: number): string {
    const last = this.#places.get(number)?.deaths.at(-1);
    return last === undefined
      ? "its pool wants one more"
      : `in place of one that ended: ${last.what}`;
  }

  /** How often in a row the place's worker was replaced, forgotten once one has been healthy. */
  restarts(number: number, readyMs: number): number {
    if (readyMs >= this.spec.restart.healthyAfterMs) return 0;
    return this.#places.get(number)?.deaths.length ?? 0;
  }

  #place(number: number): Place {
    const place = this.#places.get(number) ?? { deaths: [], timer: undefined, isForced: false };
    this.#places.set(number, place);
    return place;
  }
}

interface Place {
  deaths: readonly WorkerDeath[];
  timer: NodeJS.Timeout | undefined;
  isForced: boolean;
}
