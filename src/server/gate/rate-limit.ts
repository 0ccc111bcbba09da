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
    const waitMs = this.#takeOrWait(name);
    if (waitMs === 0) return;
    throw new TooManyRequestsError(`more than ${this.#capacity} requests a minute`, waitMs);
  }

  /** Whether one was left. */
  tryTake(name: string): boolean {
    return this.#takeOrWait(name) === 0;
  }

  /** 0, or how long until there is one. */
  #takeOrWait(name: string): number {
    if (this.#capacity === 0) return 0;
    const at = this.#clock.monotonic();
    const tokens = this.#tokensOf(name, at);
    if (tokens < 1) return (1 - tokens) / this.#perMs;
    this.#buckets.set(name, { tokens: tokens - 1, at });
    return 0;
  }

  #tokensOf(name: string, now: number): number {
    const bucket = this.#buckets.get(name);
    if (!bucket) return this.#capacity;
    return Math.min(this.#capacity, bucket.tokens + (now - bucket.at) * this.#perMs);
  }
}
