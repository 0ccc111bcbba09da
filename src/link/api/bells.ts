import { randomBytes } from "node:crypto";
import { ClxError } from "../../domain/errors.ts";
import type { TaskStore, Topic, Watch } from "../../store/task-store.ts";
import type { WatchAnswer } from "./protocol.ts";

/** Nobody asked for so long: longer than any pause between two polls of a worker that lives. */
const forgottenAfterMs = 120_000;
const sweepMs = 30_000;

export interface BellWish {
  readonly topics: readonly Topic[];
  readonly seen: string | undefined;
  readonly waitMs: number;
  /** Aborted when whoever waits is gone. */
  readonly signal?: AbortSignal;
}

/**
 * Rings of the store for those who ask again and again: none is lost in between.
 *
 * Every ring has a number. A mark is the number of the last one, of any topic; whatever has a
 * larger one has come since. A topic is listened to from the first time that somebody asks until
 * nobody has for a while, and counts as rung when that begins, as everything does for a mark that
 * another server gave.
 */
export class Bells {
  readonly #store: TaskStore;
  readonly #epoch = randomBytes(6).toString("hex");
  readonly #topics = new Map<string, HeardTopic>();
  readonly #sweeper: NodeJS.Timeout;
  #last = 0;
  #isClosed = false;

  constructor(store: TaskStore) {
    this.#store = store;
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs);
    this.#sweeper.unref();
  }

  /** Whatever rings from now on for these is newer than it. */
  mark(topics: readonly Topic[]): string {
    for (const topic of topics) this.#hear(topic);
    return this.#lastMark();
  }

  /** Resolves with the first ring that is newer than `seen`, and when the time is over. */
  async wait({ topics, seen, waitMs, signal }: BellWish): Promise<WatchAnswer> {
    const heard = topics.map((topic) => this.#hear(topic));
    const after = this.#numberOf(seen);
    const isNews = () => heard.some(({ rungAs }) => rungAs > after);
    if (!isNews() && waitMs > 0 && signal?.aborted !== true) {
      await nextRing(heard, { waitMs, ...(signal && { signal }) });
    }
    return { rung: isNews(), mark: this.#lastMark() };
  }

  /** Whoever waits is answered, and nobody listens any more. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    for (const topic of this.#topics.values()) {
      topic.watch.close();
      for (const wake of topic.waiting) wake();
    }
    this.#topics.clear();
  }

  #lastMark(): string {
    return `${this.#epoch}.${this.#last}`;
  }

  #hear(topic: Topic): HeardTopic {
    if (this.#isClosed) throw new ClxError("shutting_down", "the worker API is closing");
    const name = nameOf(topic);
    const known = this.#topics.get(name);
    if (known !== undefined) {
      known.askedAt = performance.now();
      return known;
    }
    const heard: HeardTopic = {
      watch: this.#store.watch([topic], () => {
        heard.rungAs = ++this.#last;
        for (const wake of [...heard.waiting]) wake();
      }),
      rungAs: ++this.#last,
      askedAt: performance.now(),
      waiting: new Set(),
    };
    this.#topics.set(name, heard);
    return heard;
  }

  #numberOf(mark: string | undefined): number {
    const [epoch, number] = (mark ?? "").split(".");
    return epoch === this.#epoch ? Number(number) : -1;
  }

  #sweep(): void {
    for (const [name, topic] of this.#topics) {
      if (topic.waiting.size > 0 || performance.now() - topic.askedAt < forgottenAfterMs) continue;
      topic.watch.close();
      this.#topics.delete(name);
    }
  }
}

interface HeardTopic {
  readonly watch: Watch;
  /** The number of its last ring. */
  rungAs: number;
  askedAt: number;
  readonly waiting: Set<() => void>;
}

function nextRing(
  topics: readonly HeardTopic[],
  { waitMs, signal }: Pick<BellWish, "waitMs" | "signal">,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  const stop = () => resolve();
  for (const { waiting } of topics) waiting.add(resolve);
  signal?.addEventListener("abort", stop, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    for (const { waiting } of topics) waiting.delete(resolve);
  });
}

function nameOf(topic: Topic): string {
  switch (topic.kind) {
    case "work":
      return `work:${topic.type}`;
    case "worker":
      return `worker:${topic.workerId}`;
    case "changes":
      return "changes";
  }
}
