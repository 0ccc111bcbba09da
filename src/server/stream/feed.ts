import type { EventType, LoggedEvent } from "../../domain/event.ts";
import type { WorkerUsage } from "../../domain/worker.ts";
import type { Overview } from "../../overview/overview.ts";
import type { Throughput } from "../../store/task-store.ts";

/**
 * What goes on, told once to all who listen.
 *
 * Theory of operation
 *
 * One reader follows the store's events, whatever the number of listeners: it is woken by the
 * store's bell, reads what is new after its cursor, and hands it on. Listeners have a buffer of
 * their own with an end; for one that reads too slowly it is emptied, and the store fills the gap
 * from its cursor, page by page as it asks: nothing is lost, nobody waits for the slowest, and it
 * keeps no more than a page. The same way one that comes back (`Last-Event-ID`) has all that it
 * missed. While nobody listens, nothing is read.
 *
 * Progress and log lines are no events: of the tasks whose `log:ID` somebody wants, the store is
 * asked at most once a second, and only when something has changed in it.
 *
 * What is dear to compute (the overview, the throughput of the last hour) is computed at most
 * once a second, only when asked for, and shared by all who ask meanwhile.
 *
 * Curves of memory and processor come from samples that are taken as long as the server runs,
 * every few seconds, in memory: a gap is a time in which there was no server.
 */
export interface Feed {
  /** Events after a cursor (`"now"` for none of the past), then as they happen, until aborted. */
  follow(params: FollowParams): AsyncIterable<readonly LoggedEvent[]>;

  /**
   * Names of what may have changed, at most once in `restMs`, until aborted: for pages, which then
   * fetch what they show. First all topics at once, so that a page that comes back misses nothing.
   * Listeners are told together where that makes one of them rest shorter once, at least half of it.
   */
  changes(params: ChangesParams): AsyncIterable<Changes>;

  /** Something has changed that the store says nothing of. */
  tell(topics: readonly ChangeTopic[]): void;

  /** At most a second old; what has ended within the hour a few seconds more where that is much. */
  overview(): Promise<Overview>;
  /** The last hour in slices of a minute, at most a few seconds old. */
  throughput(): Promise<Throughput>;

  /** Samples of a worker, oldest first, at most an hour back. */
  usageOf(workerId: string): readonly UsageSample[];

  /** How many listen now. */
  readonly listeners: number;

  close(): Promise<void>;
}

export interface FollowParams {
  readonly after: number | "now";
  readonly types?: readonly EventType[];
  readonly taskId?: string;
  readonly workerId?: string;
  readonly signal: AbortSignal;
}

export interface ChangesParams {
  readonly signal: AbortSignal;
  readonly restMs: number;
  /** What the listener wants to know of; `generalTopics` when left out. */
  readonly topics?: readonly ChangeTopic[];
}

export interface Changes {
  /** The last event that it speaks of. */
  readonly cursor: number;
  readonly topics: readonly ChangeTopic[];
}

export const generalTopics = ["overview", "tasks", "workers", "events"] as const;

/** `task:ID` and `worker:ID` for one; progress and log lines of a task are `log:ID`. */
export type ChangeTopic =
  | (typeof generalTopics)[number]
  | `bulk:${string}`
  | `task:${string}`
  | `log:${string}`
  | `worker:${string}`;

export interface UsageSample extends WorkerUsage {
  readonly at: number;
}
