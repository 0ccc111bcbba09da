/** A worker takes no more than this ahead. */
export const mostAhead = 64;

/** It takes ahead what it will get done in this time … */
const aheadMs = 5;

/** … and gives back what has not begun in this. */
export const aheadGraceMs = 50;

/** How much the last attempt counts. */
const weight = 1 / 8;

/**
 * How fast a worker gets its tasks done, by those it did last.
 *
 * A call to the store takes longer than a short task. So a worker whose tasks are short takes some
 * ahead, to have them at hand when a slot gets free; one whose tasks are long takes none, and they
 * are left to whoever is free first.
 */
export class Pace {
  readonly #slots: number;
  #ranMs = Infinity;
  #most = mostAhead;

  constructor(slots: number) {
    this.#slots = slots;
  }

  /** One long attempt among many short ones makes it careful for a while. */
  note(ranMs: number): void {
    const isFirst = this.#ranMs === Infinity;
    this.#ranMs = isFirst ? ranMs : this.#ranMs + (ranMs - this.#ranMs) * weight;
    this.#most = Math.min(mostAhead, this.#most + weight);
  }

  /** What was taken did not begin in time: so much was too much. */
  gaveBack(): void {
    this.#most = Math.max(1, this.#most / 2);
  }

  /** How many tasks to have at hand beside those that run. */
  get ahead(): number {
    return Math.floor(Math.min(this.#most, (aheadMs * this.#slots) / Math.max(this.#ranMs, 0.01)));
  }
}
