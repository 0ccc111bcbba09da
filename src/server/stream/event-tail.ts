import type { LoggedEvent } from "../../domain/event.ts";
import { changes } from "../../library/changes.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { TaskStore } from "../../store/task-store.ts";

const pageSize = 1_000;
/** Between two looks: listeners are woken twenty times a second at most. */
const restMs = 35;
const retryMs = 1_000;

export interface TailListener {
  readonly taskId?: string;
  readonly workerId?: string;
  /** Events that fit it, oldest first. */
  hear(events: readonly LoggedEvent[]): void;
}

export interface EventTailParams {
  readonly store: TaskStore;
  /** Something in the store may have changed, with or without an event. */
  readonly onRing: () => void;
  readonly onError: (error: unknown) => void;
}

/** Reads each new event once, for as long as somebody listens. */
export class EventTail {
  readonly #store: TaskStore;
  readonly #onRing: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #ofAll = new Set<TailListener>();
  readonly #ofOne = new Map<string, Set<TailListener>>();
  #reading: Reading | undefined;
  #count = 0;

  constructor({ store, onRing, onError }: EventTailParams) {
    this.#store = store;
    this.#onRing = onRing;
    this.#onError = onError;
  }

  /** The last event that listeners have heard of. */
  get cursor(): number {
    return this.#reading?.cursor ?? 0;
  }

  /**
   * Resolves once each event after `cursor` will be heard.
   *
   * @returns how to stop listening
   */
  async listen(listener: TailListener): Promise<() => void> {
    this.#add(listener);
    this.#count++;
    this.#reading ??= this.#start();
    try {
      await this.#reading.started;
    } catch (error) {
      this.#leave(listener);
      throw error;
    }
    return () => this.#leave(listener);
  }

  #leave(listener: TailListener): void {
    if (!this.#remove(listener)) return;
    this.#count--;
    if (this.#count > 0) return;
    this.#reading?.stop.abort();
    this.#reading = undefined;
  }

  #start(): Reading {
    const reading: Reading = { cursor: 0, stop: new AbortController(), started: Promise.resolve() };
    reading.started = lastCursor(this.#store).then((cursor) => {
      reading.cursor = cursor;
    });
    reading.started.then(
      () => this.#follow(reading),
      () => {
        if (this.#reading === reading) this.#reading = undefined;
      },
    );
    return reading;
  }

  async #follow(reading: Reading): Promise<void> {
    const { signal } = reading.stop;
    while (!signal.aborted) {
      try {
        for await (const _ of changes(this.#store, signal, { restMs })) {
          await this.#readOn(reading);
          if (signal.aborted) return;
          this.#onRing();
        }
      } catch (error) {
        this.#onError(error);
        await rest(retryMs);
      }
    }
  }

  async #readOn(reading: Reading): Promise<void> {
    for (;;) {
      const events = await this.#store.listEvents({ after: reading.cursor, limit: pageSize });
      if (reading.stop.signal.aborted) return;
      reading.cursor = events.at(-1)?.cursor ?? reading.cursor;
      if (events.length > 0) this.#hand(events);
      if (events.length < pageSize) return;
    }
  }

  #hand(events: readonly LoggedEvent[]): void {
    for (const listener of this.#ofAll) listener.hear(events);
    if (this.#ofOne.size === 0) return;
    for (const [key, own] of this.#sorted(events)) {
      for (const listener of this.#ofOne.get(key) ?? []) listener.hear(own);
    }
  }

  /** Only those that somebody listens for. */
  #sorted(events: readonly LoggedEvent[]): Map<string, LoggedEvent[]> {
    const sorted = new Map<string, LoggedEvent[]>();
    for (const event of events) {
      for (const key of [keyOf({ taskId: event.taskId }), keyOf({ workerId: event.workerId })]) {
        if (key === undefined || !this.#ofOne.has(key)) continue;
        const own = sorted.get(key) ?? [];
        sorted.set(key, own);
        own.push(event);
      }
    }
    return sorted;
  }

  #add(listener: TailListener): void {
    const key = keyOf(listener);
    if (key === undefined) {
      this.#ofAll.add(listener);
      return;
    }
    const group = this.#ofOne.get(key) ?? new Set();
    this.#ofOne.set(key, group.add(listener));
  }

  #remove(listener: TailListener): boolean {
    const key = keyOf(listener);
    if (key === undefined) return this.#ofAll.delete(listener);
    const group = this.#ofOne.get(key);
    const found = group?.delete(listener) ?? false;
    if (group?.size === 0) this.#ofOne.delete(key);
    return found;
  }
}

interface Reading {
  cursor: number;
  readonly stop: AbortController;
  started: Promise<void>;
}

function keyOf({
  taskId,
  workerId,
}: {
  readonly taskId?: string | undefined;
  readonly workerId?: string | undefined;
}): string | undefined {
  if (taskId !== undefined) return `task:${taskId}`;
  return workerId === undefined ? undefined : `worker:${workerId}`;
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
