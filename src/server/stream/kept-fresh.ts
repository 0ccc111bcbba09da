import type { Clock } from "../../supervisor/clock.ts";

export interface KeptFreshParams<T> {
  readonly clock: Clock;
  readonly restMs: number;
  /** Also rests so many times as long as it took: 100 means that it takes a hundredth of the time. */
  readonly restFactor?: number;
  readonly make: () => Promise<T>;
  /** It can be made anew, and somebody who asked was given what was out of date. */
  readonly onNews?: () => void;
}

/**
 * Something dear: made when asked for, at most once in a while, and shared by all who ask.
 *
 * Who asks because of a change may be given what was made before it. Nobody would ask again if
 * that change was the last: so `onNews` tells when there is something newer.
 */
export class KeptFresh<T> {
  readonly #params: KeptFreshParams<T>;
  #made: Promise<T> | undefined;
  #goodUntil = Number.NEGATIVE_INFINITY;
  #isOutdated = false;
  #isOwed = false;
  #news: NodeJS.Timeout | undefined;

  constructor(params: KeptFreshParams<T>) {
    this.#params = params;
  }

  get(): Promise<T> {
    const { clock } = this.#params;
    if (this.#made !== undefined && clock.monotonic() < this.#goodUntil) {
      this.#isOwed ||= this.#isOutdated;
      this.#announce();
      return this.#made;
    }
    this.#isOutdated = false;
    this.#goodUntil = Number.POSITIVE_INFINITY; // while it is being made
    this.#made = this.#make();
    return this.#made;
  }

  /** Something has changed. */
  outdate(): void {
    this.#isOutdated = true;
  }

  close(): void {
    clearTimeout(this.#news);
  }

  #announce(): void {
    const { clock, onNews } = this.#params;
    const isMaking = this.#goodUntil === Number.POSITIVE_INFINITY;
    if (!this.#isOwed || isMaking || this.#news !== undefined || onNews === undefined) return;
    this.#news = setTimeout(() => {
      this.#news = undefined;
      this.#isOwed = false;
      onNews();
    }, this.#goodUntil - clock.monotonic()).unref();
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
    } finally {
      this.#announce();
    }
  }
}
