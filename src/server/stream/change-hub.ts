import type { LoggedEvent } from "../../domain/event.ts";
import type { Clock } from "../../supervisor/clock.ts";
import type { EventTail, TailListener } from "./event-tail.ts";
import { type Changes, type ChangesParams, type ChangeTopic, generalTopics } from "./feed.ts";
import type { LogWatch } from "./log-watch.ts";
import { topicsOf } from "./topics-of.ts";

export interface ChangeHubParams {
  readonly tail: EventTail;
  readonly logs: LogWatch;
  readonly clock: Clock;
}

/**
 * Tells listeners which of the topics they want may have changed.
 *
 * They are told together: whoever has rested for at least half as long as it wants is told with one
 * that is due. So pages, which then ask for the same, ask at the same time and can share an answer.
 */
export class ChangeHub {
  readonly #tail: EventTail;
  readonly #logs: LogWatch;
  readonly #clock: Clock;
  readonly #listeners = new Set<ChangeListener>();
  /** All listeners hear the same events: what they are about is found once. */
  #lastHeard: { readonly events: readonly LoggedEvent[]; readonly topics: Set<ChangeTopic> } = {
    events: [],
    topics: new Set(),
  };

  constructor({ tail, logs, clock }: ChangeHubParams) {
    this.#tail = tail;
    this.#logs = logs;
    this.#clock = clock;
  }

  tell(topics: readonly ChangeTopic[]): void {
    const told = new Set(topics);
    for (const listener of this.#listeners) listener.hearOf(told);
  }

  async *changes(params: ChangesParams): AsyncGenerator<Changes> {
    const { signal, restMs, topics = generalTopics } = params;
    const listener = new ChangeListener(topics, (events) => this.#topicsOf(events));
    const wake = () => listener.wake();
    signal.addEventListener("abort", wake);
    const leave = await this.#enter(topics, listener);
    try {
      while (!signal.aborted) {
        const toldAt = this.#clock.monotonic();
        const changed = listener.take();
        if (changed.length > 0) yield { cursor: this.#tail.cursor, topics: changed };
        if (!signal.aborted) await listener.filled();
        if (!signal.aborted) await this.#rest(listener, { toldAt, restMs });
      }
    } finally {
      signal.removeEventListener("abort", wake);
      leave();
    }
  }

  async #rest(listener: ChangeListener, { toldAt, restMs }: Rest): Promise<void> {
    const left = toldAt + restMs - this.#clock.monotonic();
    const isDue = await listener.rest({ ms: left, mayEndAt: toldAt + restMs / 2 });
    if (!isDue) return;
    const now = this.#clock.monotonic();
    for (const other of this.#listeners) other.endRest(now);
  }

  async #enter(topics: readonly ChangeTopic[], listener: ChangeListener): Promise<() => void> {
    const stopTail = await this.#tail.listen(listener);
    const stopLogs = this.#logs.watch(tasksOfLogs(topics));
    this.#listeners.add(listener);
    return () => {
      stopTail();
      stopLogs();
      this.#listeners.delete(listener);
    };
  }

  #topicsOf(events: readonly LoggedEvent[]): Set<ChangeTopic> {
    if (this.#lastHeard.events !== events) {
      this.#lastHeard = { events, topics: topicsOf(events) };
    }
    return this.#lastHeard.topics;
  }
}

interface Rest {
  readonly toldAt: number;
  readonly restMs: number;
}

class ChangeListener implements TailListener {
  readonly #wanted: readonly ChangeTopic[];
  readonly #changed: Set<ChangeTopic>;
  readonly #topicsOf: (events: readonly LoggedEvent[]) => ReadonlySet<ChangeTopic>;
  #wake = () => {};
  #endRest = () => {};
  #mayEndAt = Number.POSITIVE_INFINITY;

  constructor(
    wanted: readonly ChangeTopic[],
    topicsOfEvents: (events: readonly LoggedEvent[]) => ReadonlySet<ChangeTopic>,
  ) {
    this.#wanted = wanted;
    this.#changed = new Set(wanted);
    this.#topicsOf = topicsOfEvents;
  }

  hear(events: readonly LoggedEvent[]): void {
    this.hearOf(this.#topicsOf(events));
  }

  hearOf(topics: ReadonlySet<ChangeTopic>): void {
    for (const topic of this.#wanted) if (topics.has(topic)) this.#changed.add(topic);
    if (this.#changed.size > 0) this.#wake();
  }

  take(): readonly ChangeTopic[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  async filled(): Promise<void> {
    if (this.#changed.size > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
    this.#endRest();
  }

  /** Whether it was not ended early. */
  async rest(params: { readonly ms: number; readonly mayEndAt: number }): Promise<boolean> {
    const { ms, mayEndAt } = params;
    if (ms <= 0) return true;
    this.#mayEndAt = mayEndAt;
    const isDue = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), ms);
      this.#endRest = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
    this.#endRest = () => {};
    this.#mayEndAt = Number.POSITIVE_INFINITY;
    return isDue;
  }

  endRest(now: number): void {
    if (now >= this.#mayEndAt) this.#endRest();
  }
}

function tasksOfLogs(topics: readonly ChangeTopic[]): string[] {
  return topics.flatMap((topic) => (topic.startsWith("log:") ? topic.slice("log:".length) : []));
}
