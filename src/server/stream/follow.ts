import type { LoggedEvent } from "../../domain/event.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { EventTail, TailListener } from "./event-tail.ts";
import type { FollowParams } from "./feed.ts";

const pageSize = 500;
/** More than this is not kept for a listener that does not ask: the store has it. */
const bufferSize = 1_000;

export interface FollowSources {
  readonly store: TaskStore;
  readonly tail: EventTail;
}

/** The past from the store, then the tail, joined by their cursors. */
export async function* follow(
  { store, tail }: FollowSources,
  params: FollowParams,
): AsyncGenerator<readonly LoggedEvent[]> {
  const { signal, after, ...filter } = params;
  const buffer = new EventBuffer(params);
  const wake = () => buffer.wake();
  signal.addEventListener("abort", wake);
  const stop = await tail.listen(buffer);
  try {
    const from = after === "now" ? after : await bounded(after, { store, tail });
    buffer.begin(from === "now" ? tail.cursor : from, { behind: from !== "now" });
    while (!signal.aborted) {
      if (buffer.isBehind) {
        buffer.collect();
        const page = await store.listEvents({ ...filter, after: buffer.cursor, limit: pageSize });
        buffer.pass(page);
        if (page.length === pageSize) buffer.fallBehind();
        if (page.length > 0 && !signal.aborted) yield page;
        continue;
      }
      const heard = buffer.take();
      if (heard.length > 0) yield heard;
      else await buffer.filled();
    }
  } finally {
    signal.removeEventListener("abort", wake);
    stop();
  }
}

/** A cursor of another database may be one that is not there yet: nothing would ever be told. */
async function bounded(after: number, { store, tail }: FollowSources): Promise<number> {
  return after <= tail.cursor ? after : Math.min(after, await lastCursor(store));
}

/** What one listener has not fetched yet. */
class EventBuffer implements TailListener {
  readonly taskId?: string;
  readonly workerId?: string;
  /** All events up to here have been handed out. */
  cursor = 0;
  /** The store has events after `cursor` that are not in here. */
  isBehind = true;
  readonly #fits: (event: LoggedEvent) => boolean;
  #events: LoggedEvent[] = [];
  #wake = () => {};

  constructor(params: FollowParams) {
    if (params.taskId !== undefined) this.taskId = params.taskId;
    if (params.workerId !== undefined) this.workerId = params.workerId;
    this.#fits = filterOf(params);
  }

  begin(cursor: number, { behind }: { readonly behind: boolean }): void {
    this.cursor = cursor;
    this.isBehind = behind;
    this.#dropKnown();
  }

  hear(events: readonly LoggedEvent[]): void {
    if (this.isBehind) return;
    for (const event of events) {
      if (event.cursor > this.cursor && this.#fits(event)) this.#events.push(event);
    }
    if (this.#events.length > bufferSize) this.fallBehind();
    this.#wake();
  }

  /** From now on events are kept: what the store is asked for next joins on to them. */
  collect(): void {
    this.isBehind = false;
  }

  fallBehind(): void {
    this.isBehind = true;
    this.#events = [];
  }

  /** These come from the store, and are handed out now. */
  pass(page: readonly LoggedEvent[]): void {
    this.cursor = page.at(-1)?.cursor ?? this.cursor;
    this.#dropKnown();
  }

  take(): readonly LoggedEvent[] {
    const events = this.#events;
    this.#events = [];
    this.cursor = events.at(-1)?.cursor ?? this.cursor;
    return events;
  }

  filled(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
  }

  #dropKnown(): void {
    this.#events = this.#events.filter(({ cursor }) => cursor > this.cursor);
  }
}

function filterOf({ types, taskId, workerId }: FollowParams): (event: LoggedEvent) => boolean {
  const wanted = types === undefined ? undefined : new Set<string>(types);
  return (event) =>
    (wanted === undefined || wanted.has(event.type)) &&
    (taskId === undefined || event.taskId === taskId) &&
    (workerId === undefined || event.workerId === workerId);
}
