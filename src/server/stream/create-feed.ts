import type { LoggedEvent } from "../../domain/event.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { lookAtMachine, type SeenMachine } from "../../overview/look-at-machine.ts";
import type { Overview } from "../../overview/overview.ts";
import { readOverviewWith, tallyHour } from "../../overview/read-overview.ts";
import type { TaskStore, Throughput } from "../../store/task-store.ts";
import { type Clock, systemClock } from "../../supervisor/clock.ts";
import { ChangeHub } from "./change-hub.ts";
import { EventTail } from "./event-tail.ts";
import type {
  Changes,
  ChangesParams,
  ChangeTopic,
  Feed,
  FollowParams,
  UsageSample,
} from "./feed.ts";
import { follow } from "./follow.ts";
import { KeptFresh } from "./kept-fresh.ts";
import { LogWatch } from "./log-watch.ts";
import { UsageSamples } from "./usage-samples.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Less than pages rest, so that what they ask for when they are told again is new. */
const overviewRestMs = 800;
const throughputRestMs = 3_000;
const sampleEveryMs = 5_000;
/** What has ended within the hour is counted for half a percent of the time at most. */
const hourRestFactor = 200;

export interface FeedParams {
  readonly store: TaskStore;
  readonly clock?: Clock;
  /** Worker types that can be started by their name, for what the overview advises. */
  readonly knownTypes?: readonly string[];
  readonly lookAtMachine?: () => SeenMachine;
  readonly sampleEveryMs?: number;
  /** What went wrong while nobody waited for an answer; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

export function createFeed(params: FeedParams): Feed {
  return new StoreFeed(params);
}

class StoreFeed implements Feed {
  readonly #store: TaskStore;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #tail: EventTail;
  readonly #logs: LogWatch;
  readonly #hub: ChangeHub;
  readonly #samples = new UsageSamples();
  readonly #sampling: NodeJS.Timeout;
  readonly #overview: KeptFresh<Overview>;
  readonly #throughput: KeptFresh<Throughput>;
  /** All that is dear to make. */
  readonly #kept: readonly Pick<KeptFresh<unknown>, "outdate" | "close">[];
  readonly #listening = new Set<AbortController>();
  #isClosed = false;

  constructor(params: FeedParams) {
    const { store, clock = systemClock, knownTypes, onError = () => {} } = params;
    const { lookAtMachine: look = () => lookAtMachine(knownTypes) } = params;
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
    const onChange = (taskId: string) => this.#hub.tell([`log:${taskId}`]);
    this.#logs = new LogWatch({ store, onChange, onError });
    this.#tail = new EventTail({ store, onRing: () => this.#changed(), onError });
    this.#hub = new ChangeHub({ tail: this.#tail, logs: this.#logs, clock });
    const onNews = () => this.#hub.tell(["overview"]);
    const hour = new KeptFresh({
      ...{ clock, onNews, restMs: 0, restFactor: hourRestFactor },
      make: () => tallyHour(store, clock.now()),
    });
    this.#overview = new KeptFresh({
      ...{ clock, onNews, restMs: overviewRestMs },
      make: () =>
        readOverviewWith({
          ...{ store, machine: look(), now: clock.now() },
          tallyHour: () => hour.get(),
        }),
    });
    this.#throughput = new KeptFresh({
      ...{ clock, onNews, restMs: throughputRestMs, restFactor: hourRestFactor },
      make: () => this.#readThroughput(),
    });
    this.#kept = [hour, this.#overview, this.#throughput];
    this.#sampling = setInterval(
      () => void this.#sample(),
      params.sampleEveryMs ?? sampleEveryMs,
    ).unref();
    void this.#sample();
  }

  get listeners(): number {
    return this.#listening.size;
  }

  follow(params: FollowParams): AsyncIterable<readonly LoggedEvent[]> {
    const sources = { store: this.#store, tail: this.#tail };
    return this.#listen(params.signal, (signal) => follow(sources, { ...params, signal }));
  }

  changes(params: ChangesParams): AsyncIterable<Changes> {
    return this.#listen(params.signal, (signal) => this.#hub.changes({ ...params, signal }));
  }

  tell(topics: readonly ChangeTopic[]): void {
    this.#hub.tell(topics);
  }

  overview(): Promise<Overview> {
    return this.#overview.get();
  }

  throughput(): Promise<Throughput> {
    return this.#throughput.get();
  }

  usageOf(workerId: string): readonly UsageSample[] {
    return this.#samples.of(workerId);
  }

  async close(): Promise<void> {
    clearInterval(this.#sampling);
    for (const kept of this.#kept) kept.close();
    this.#logs.close();
    this.#isClosed = true;
    for (const listener of this.#listening) listener.abort();
  }

  /** Ends with the signal, with the feed, or when nobody asks for more. */
  async *#listen<T>(
    signal: AbortSignal,
    open: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    if (signal.aborted || this.#isClosed) return;
    const listener = new AbortController();
    const leave = () => listener.abort();
    signal.addEventListener("abort", leave);
    this.#listening.add(listener);
    try {
      yield* open(listener.signal);
    } finally {
      signal.removeEventListener("abort", leave);
      this.#listening.delete(listener);
    }
  }

  #changed(): void {
    for (const kept of this.#kept) kept.outdate();
    this.#logs.ring();
  }

  #readThroughput(): Promise<Throughput> {
    const until = this.#clock.now();
    return this.#store.throughput({ since: until - hourMs, until, sliceMs: minuteMs });
  }

  /** Usage comes with heartbeats, which ring no bell. */
  async #sample(): Promise<void> {
    try {
      const workers = await this.#store.listWorkers({ states: liveWorkerStates });
      const told = this.#samples.add(workers, this.#clock.now());
      if (told.length === 0) return;
      this.#overview.outdate();
      this.#hub.tell(["overview", "workers", ...told.map((id): ChangeTopic => `worker:${id}`)]);
    } catch (error) {
      this.#onError(error);
    }
  }
}
