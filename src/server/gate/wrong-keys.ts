import { ClxError } from "../../domain/errors.ts";
import type { Clock } from "../../supervisor/clock.ts";
import { BoundedMap } from "./bounded-map.ts";
import { rememberedCallers } from "./rate-limit.ts";
import { TooManyRequestsError } from "./too-many-requests-error.ts";

/** So many wrong keys in a row are answered like the first. */
export const freeTries = 10;
const longestDelayMs = 5 * 60_000;
const forgottenAfterMs = 15 * 60_000;

interface Failures {
  readonly count: number;
  readonly lastAt: number;
  readonly refusedUntil: number;
}

/**
 * Slows down whoever tries keys: after the first wrong ones from an address each further one
 * doubles the time in which others are told nothing but to wait. A key that is right is never
 * refused, or one neighbour behind the same proxy could lock out all; nobody guesses 256 bits
 * anyway. What the limit spares us is work and a flooded audit trail.
 */
export class WrongKeys {
  readonly #clock: Clock;
  readonly #byAddress = new BoundedMap<Failures>(rememberedCallers);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What to throw for one more wrong key. */
  refusalFor(address: string): ClxError {
    const now = this.#clock.monotonic();
    const before = this.#failuresOf(address, now);
    if (before.refusedUntil > now) {
      return new TooManyRequestsError("too many wrong keys", before.refusedUntil - now);
    }
    const count = before.count + 1;
    const refusedUntil = now + delayAfter(count);
    this.#byAddress.set(address, { count, lastAt: now, refusedUntil });
    return new ClxError(
      "unauthorised",
      'this key is not in force; "clx keys list" shows those that are, "clx keys create" makes one',
    );
  }

  #failuresOf(address: string, now: number): Failures {
    const known = this.#byAddress.get(address);
    const isOld = known !== undefined && now - known.lastAt > forgottenAfterMs;
    return known === undefined || isOld ? { count: 0, lastAt: now, refusedUntil: 0 } : known;
  }
}

function delayAfter(count: number): number {
  return count < freeTries ? 0 : Math.min(longestDelayMs, 1_000 * 2 ** (count - freeTries));
}
