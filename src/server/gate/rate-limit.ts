import type { Clock } from "../../supervisor/clock.ts";
import { BoundedMap } from "./bounded-map.ts";
import { TooManyRequestsError } from "./too-many-requests-error.ts";

export interface RateLimitParams {
  /** For each name; as many may come at once. 0 for no limit. */
  readonly perMinute: number;
  readonly clock: Clock;
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** So many callers are remembered; one that is forgotten begins anew. */
export const rememberedCallers = 10_000;

/** A bucket of tokens for each name, filled as time goes by: no timers. */
export class RateLimit {
  readonly #perMs: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  readonly #buckets = new BoundedMap<Bucket>(rememberedCallers);

  constructor({ perMinute, clock }: RateLimitParams) {
    this.#capacity = perMinute;
    this.#perMs = perMinute / 60_000;
    this.#clock = clock;
  }

  /** @throws TooManyRequestsError */
  take(name: string): void {
    if (this.#capacity === 0) return;
    const at = this.#clock.monotonic();
    const tokens = this.#tokensOf(name, at);
    if (tokens < 1) {
      const what = `more than ${this.#capacity} requests a minute`;
      throw new TooManyRequestsError(what, (1 - tokens) / this.#perMs);
    }
    this.#buckets.set(name, { tokens: tokens - 1, at });
  }

  #tokensOf(name: string, now: number): number {
    const bucket = this.#buckets.get(name);
    if (!bucket) return this.#capacity;
    return Math.min(this.#capacity, bucket.tokens + (now - bucket.at) * this.#perMs);
  }
}
