/** What was seen of a worker at one look. */
export interface Look {
  readonly id: string;
  readonly beats: number;
  readonly isGone: boolean;
  readonly isOrphaned: boolean;
}

/** For how long, by the time we have spent watching. */
export interface Sighting {
  readonly seenMs: number;
  readonly silentMs: number;
  readonly goneMs: number;
  readonly orphanedMs: number;
}

/**
 * How long each worker has been as it is, in time that we have watched.
 *
 * Between two looks no more than `longestStepMs` counts, whatever the clock says: when the whole
 * machine or we ourselves were stopped for an hour, nobody was silent for an hour.
 */
export class Sightings {
  readonly #longestStepMs: number;
  #lastLook: number | undefined;
  #seen = new Map<string, Look & Sighting>();

  constructor(longestStepMs: number) {
    this.#longestStepMs = longestStepMs;
  }

  /** Takes in all live workers as they are now; those not named are forgotten. */
  look(looks: readonly Look[], now: number): ReadonlyMap<string, Sighting> {
    const step = Math.min(Math.max(0, now - (this.#lastLook ?? now)), this.#longestStepMs);
    this.#lastLook = now;
    this.#seen = new Map(looks.map((look) => [look.id, this.#advance(look, step)]));
    return this.#seen;
  }

  #advance(look: Look, step: number): Look & Sighting {
    const before = this.#seen.get(look.id);
    const since = (was: number | undefined) => (was === undefined ? 0 : was + step);
    return {
      ...look,
      seenMs: since(before?.seenMs),
      silentMs: since(before?.beats === look.beats ? before.silentMs : undefined),
      goneMs: since(before?.isGone && look.isGone ? before.goneMs : undefined),
      orphanedMs: since(before?.isOrphaned && look.isOrphaned ? before.orphanedMs : undefined),
    };
  }
}
