import type { Clock } from "../../supervisor/clock.ts";

export interface KeptFreshParams<T> {
  readonly clock: Clock;
  readonly restMs: number;
  /** Also rests so many times as long as it took: 100 means that it takes a hundredth of the time. */
  readonly restFactor?: number;
  readonly make: () => Promise<T>;
}

/** Something dear: made when asked for, at most once in a while, and shared by all who ask. */
export class KeptFresh<T> {
  readonly #params: KeptFreshParams<T>;
  #made: Promise<T> | undefined;
  #goodUntil = Number.NEGATIVE_INFINITY;

  constructor(params: KeptFreshParams<T>) {
    this.#params = params;
  }

  get(): Promise<T> {
    const { clock } = this.#params;
    if (this.#made !== undefined && clock.monotonic() < this.#goodUntil) return this.#made;
    this.#goodUntil = Number.POSITIVE_INFINITY; // while it is being made
    this.#made = this.#make();
    return this.#made;
  }

  async #make(): Promise<T> {
    const { clock, restMs, restFactor = 0, make } = this.#params;
    const startedAt = clock.monotonic();
    try {
      const made = await make();
      const endedAt = clock.monotonic();
      this.#goodUntil = endedAt + Math.max(restMs, (endedAt - startedAt) * restFactor);
      return made;
    } catch (error) {
      this.#goodUntil = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }
}
