import type { AccessStore, ApiKey } from "../../store/access-store.ts";
import type { Clock } from "../../supervisor/clock.ts";

const restMs = 60_000;

/** Notes when keys are used, at most once a minute each, and lets no request wait for it. */
export class KeyTouches {
  readonly #access: AccessStore;
  readonly #clock: Clock;
  readonly #underWay = new Set<string>();

  constructor(access: AccessStore, clock: Clock) {
    this.#access = access;
    this.#clock = clock;
  }

  touch({ id, lastUsedAt = 0 }: ApiKey): void {
    const now = this.#clock.now();
    if (now - lastUsedAt < restMs || this.#underWay.has(id)) return;
    this.#underWay.add(id);
    this.#access
      .touchKey({ id, now })
      // Whoever asks is let in though the disk is full; the next request tries again.
      .catch(() => {})
      .finally(() => this.#underWay.delete(id));
  }
}
