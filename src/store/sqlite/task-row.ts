import type { Task } from "../../domain/task.ts";
import type { TaskState } from "../../domain/task-state.ts";
import type { Writable } from "./writable.ts";

/** A row of `tasks`, with its checkpoint beside it. */
export interface TaskRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  readonly session_id: string | null;
  readonly state: TaskState;
  readonly ready: number;
  readonly priority: number;
  readonly run_at: number | null;
  readonly open_dependencies: number;
  readonly attempt: number;
  readonly attempt_limit: number;
  readonly worker_id: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly max_attempts: number;
  readonly retry_on: "infrastructure" | "any";
  readonly backoff_ms: number;
  readonly max_backoff_ms: number;
  readonly timeout_ms: number | null;
  readonly expected_memory: number | null;
  readonly key: string | null;
  readonly after_ids: string | null;
  readonly on_dependency_failure: "skip" | "run";
  readonly peak_memory: number | null;
  readonly cpu_ms: number | null;
  readonly cancel_requested_at: number | null;
  readonly cancel_reason: string | null;
  readonly progress: string | null;
  readonly failure: string | null;
  readonly result: string | null;
  readonly title: string | null;
  readonly tags: string | null;
  readonly payload: string;
  readonly checkpoint?: string | null;
}

export const checkpointColumn =
  "(select document from checkpoints where task_seq = tasks.seq) as checkpoint";

export function taskOf(row: TaskRow): Task {
  const task: Writable<Task> = {
    id: row.id,
    type: row.type,
    queue: row.queue,
    payload: JSON.parse(row.payload),
    priority: row.priority,
    retry: {
      maxAttempts: row.max_attempts,
      on: row.retry_on,
      backoffMs: row.backoff_ms,
      maxBackoffMs: row.max_backoff_ms,
    },
    after: row.after_ids === null ? [] : JSON.parse(row.after_ids),
    onDependencyFailure: row.on_dependency_failure,
    state: row.state,
    createdAt: row.created_at,
    attempt: row.attempt,
    attemptLimit: row.attempt_limit,
  };
  if (row.title !== null) task.title = row.title;
  if (row.tags !== null) task.tags = JSON.parse(row.tags);
  if (row.run_at !== null) task.runAt = row.run_at;
  if (row.timeout_ms !== null) task.timeoutMs = row.timeout_ms;
  if (row.expected_memory !== null) task.expectedMemory = row.expected_memory;
  if (row.session_id !== null) task.sessionId = row.session_id;
  if (row.key !== null) task.key = row.key;
  if (row.worker_id !== null) task.workerId = row.worker_id;
  if (row.started_at !== null) task.startedAt = row.started_at;
  if (row.ended_at !== null) task.endedAt = row.ended_at;
  if (row.progress !== null) task.progress = JSON.parse(row.progress);
  if (row.checkpoint != null) task.checkpoint = JSON.parse(row.checkpoint);
  if (row.result !== null) task.result = JSON.parse(row.result);
  if (row.failure !== null) task.failure = JSON.parse(row.failure);
  if (row.peak_memory !== null) task.peakMemory = row.peak_memory;
  if (row.cpu_ms !== null) task.cpuMs = row.cpu_ms;
  if (row.cancel_requested_at !== null) task.cancelRequestedAt = row.cancel_requested_at;
  if (row.cancel_reason !== null) task.cancelReason = row.cancel_reason;
  return task;
}
