import { type FinalTaskState, finalTaskStates } from "../../domain/task-state.ts";
import { perServer } from "../per-server.ts";
import type { ServerContext } from "../server-context.ts";

const lookEveryMs = 5_000;
/** A task's end has its time a moment before it can be seen. */
const lagMs = 2_000;
const poolEventsLookedAt = 500;

export interface EndedCount {
  readonly type: string;
  readonly state: FinalTaskState;
  count: number;
}

/**
 * What only ever grows: how many tasks have ended, and how often admission has refused, since
 * somebody first asked. From then on the store is looked at every few seconds, so that each look
 * counts but a little, whatever the time between two that ask.
 */
export class Counters {
  readonly #server: ServerContext;
  readonly #ended = new Map<string, EndedCount>();
  #refusals = 0;
  #endedUntil: number;
  #eventsUntil: number | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(server: ServerContext) {
    this.#server = server;
    this.#endedUntil = server.clock.now() - lagMs;
    const timer = setInterval(() => void this.look(), lookEveryMs).unref();
    server.closing.addEventListener("abort", () => clearInterval(timer));
  }

  get ended(): readonly EndedCount[] {
    return [...this.#ended.values()];
  }

  get refusals(): number {
    return this.#refusals;
  }

  /** Counts what has come since. Never rejects: what could not be counted now is, the next time. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      try {
        await this.#countEnded();
        await this.#countRefusals();
      } catch (error) {
        this.#server.log("warn", "what has ended could not be counted", { error: String(error) });
      }
    });
    return this.#looking;
  }

  async #countEnded(): Promise<void> {
    const { store, clock } = this.#server;
    const until = clock.now() - lagMs;
    if (until <= this.#endedUntil) return;
    const all = await store.tallyEnded({ since: this.#endedUntil, sample: 0 });
    const later = await store.tallyEnded({ since: until, sample: 0 });
    for (const { type, state, count } of all) {
      const tooLate = later.find((one) => one.type === type && one.state === state)?.count ?? 0;
      this.#of(type, state).count += Math.max(0, count - tooLate);
    }
    this.#endedUntil = until;
  }

  #of(type: string, state: FinalTaskState): EndedCount {
    const key = JSON.stringify([type, state]);
    if (!this.#ended.has(key)) {
      for (const each of finalTaskStates) {
        this.#ended.set(JSON.stringify([type, each]), { type, state: each, count: 0 });
      }
    }
    return this.#ended.get(key) ?? { type, state, count: 0 };
  }

  async #countRefusals(): Promise<void> {
    const events = await this.#server.store.listPoolEvents({ limit: poolEventsLookedAt });
    const from = this.#eventsUntil;
    if (from !== undefined) {
      this.#refusals += events.filter(
        ({ cursor, type }) => cursor > from && type === "admission_refused",
      ).length;
    }
    this.#eventsUntil = events[0]?.cursor ?? from ?? 0;
  }
}

export const countersOf = perServer((server) => new Counters(server));
