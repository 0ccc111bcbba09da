import type { JsonValue } from "./json.ts";

/** What the log of events can say. Names are public: they are never changed. */
export const eventTypes = [
  "worker_starting",
  "worker_registered",
  "worker_ready",
  "worker_hung",
  "worker_responding",
  "worker_draining",
  "worker_stopping",
  "worker_stopped",
  "worker_failed",
  "worker_aborted",
  "worker_adopted",
  "worker_restart_scheduled",
  "worker_signalled",
  "worker_gone",
  "pool_starting",
  "pool_started",
  "pool_stopping",
  "pool_stopped",
  "pool_gave_up",
  "admission_refused",
  "supervisor_started",
  "supervisor_stopped",
  "orphan_ended",
  "session_opened",
  "session_ended",
  "task_submitted",
  "task_started",
  "task_completed",
  "task_failed",
  "task_requeued",
  "task_released",
  "task_unblocked",
  "task_skipped",
  "task_cancel_requested",
  "task_cancelled",
  "task_retried",
  "task_deleted",
  "queue_paused",
  "queue_resumed",
  "audit",
] as const;

export type EventType = (typeof eventTypes)[number];

/** What tells how a pool stands. */
export const poolEventTypes = [
  "pool_starting",
  "pool_started",
  "pool_stopping",
  "pool_stopped",
  "pool_gave_up",
  "admission_refused",
] as const satisfies EventType[];

export interface NewEvent {
  readonly type: EventType;
  readonly at: number;
  readonly message?: string;
  readonly workerId?: string;
  readonly workerType?: string;
  readonly mode?: string;
  readonly taskId?: string;
  readonly sessionId?: string;
  /** Reason, counts, uptime, source of the configuration, …: what the type calls for. */
  readonly data?: { readonly [key: string]: JsonValue };
}

export interface LoggedEvent extends NewEvent {
  /** Position in the log. Grows; a reader that has seen N asks for what comes after N. */
  readonly cursor: number;
}
