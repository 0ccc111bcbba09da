import type { LoggedEvent } from "../../domain/event.ts";
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
 * their own with an end; one that reads too slowly is cut off and comes back with its cursor
 * (`Last-Event-ID`), from which the store fills the gap: nothing is lost and nobody waits for
 * the slowest. While nobody listens, nothing is read.
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
   * fetch what they show. First at once, so that a page that comes back misses nothing.
   */
  changes(params: {
    readonly signal: AbortSignal;
    readonly restMs: number;
  }): AsyncIterable<Changes>;

  /** At most a second old. */
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
  readonly taskId?: string;
  readonly workerId?: string;
  readonly signal: AbortSignal;
}

export interface Changes {
  /** The last event that it speaks of. */
  readonly cursor: number;
  readonly topics: readonly ChangeTopic[];
}

/** `task:ID` and `worker:ID` for one; progress and log lines of a task are `log:ID`. */
export type ChangeTopic =
  | "overview"
  | "tasks"
  | "workers"
  | "events"
  | `task:${string}`
  | `log:${string}`
  | `worker:${string}`;

export interface UsageSample extends WorkerUsage {
  readonly at: number;
}
