import { type ContainerFacts, containerOf } from "../../domain/container-facts.ts";
import type { LoggedEvent } from "../../domain/event.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Pause } from "../../domain/pause.ts";
import type { Attempt, Progress, Task } from "../../domain/task.ts";
import type { Worker } from "../../domain/worker.ts";
import type { Pruned, StoredLogLine } from "../../store/task-store.ts";

/**
 * Our nouns as the JSON that users read. `docs/json-output.md` describes these shapes.
 *
 * Keys are stable and always there: what is not known is null. Times are ISO 8601 in UTC,
 * durations end in `_ms`, sizes are bytes.
 */
export function taskJson(task: Task) {
  return {
    id: task.id,
    type: task.type,
    queue: task.queue,
    state: task.state,
    title: task.title ?? null,
    tags: task.tags ?? [],
    priority: task.priority,
    payload: task.payload,
    attempt: task.attempt,
    attempt_limit: task.attemptLimit,
    retry: {
      max_attempts: task.retry.maxAttempts,
      on: task.retry.on,
      backoff_ms: task.retry.backoffMs,
      max_backoff_ms: task.retry.maxBackoffMs,
    },
    timeout_ms: task.timeoutMs ?? null,
    expected_memory: task.expectedMemory ?? null,
    session_id: task.sessionId ?? null,
    key: task.key ?? null,
    after: task.after,
    on_dependency_failure: task.onDependencyFailure,
    worker_id: task.workerId ?? null,
    created_at: iso(task.createdAt),
    run_at: iso(task.runAt),
    started_at: iso(task.startedAt),
    ended_at: iso(task.endedAt),
    progress: task.progress ? progressJson(task.progress) : null,
    checkpoint: task.checkpoint ?? null,
    result: task.result ?? null,
    failure: task.failure ? failureJson(task.failure) : null,
    peak_memory: task.peakMemory ?? null,
    cpu_ms: task.cpuMs ?? null,
    cancel_requested_at: iso(task.cancelRequestedAt),
    cancel_reason: task.cancelReason ?? null,
  };
}

export function pauseJson({ queue, type, at, by, reason }: Pause) {
  return {
    queue: queue ?? null,
    type: type ?? null,
    at: iso(at),
    by: by ?? null,
    reason: reason ?? null,
  };
}

function progressJson({ fraction, message, data, at }: Progress) {
  return {
    fraction: fraction ?? null,
    message: message ?? null,
    data: data ?? null,
    at: iso(at),
  };
}

export function failureJson(failure: Failure) {
  return {
    kind: failure.kind,
    message: failure.message,
    exit_code: failure.exitCode ?? null,
    signal: failure.signal ?? null,
    log_tail: failure.logTail ?? null,
    peak_memory: failure.peakMemory ?? null,
    details: failure.details ?? null,
  };
}

export function attemptJson(attempt: Attempt) {
  return {
    number: attempt.number,
    worker_id: attempt.workerId ?? null,
    started_at: iso(attempt.startedAt),
    ended_at: iso(attempt.endedAt),
    outcome: attempt.outcome ?? null,
    failure: attempt.failure ? failureJson(attempt.failure) : null,
    peak_memory: attempt.peakMemory ?? null,
    cpu_ms: attempt.cpuMs ?? null,
  };
}

export function logLineJson({ cursor, attempt, at, stream, line }: StoredLogLine) {
  return { cursor, attempt, at: iso(at), stream, line };
}

export function workerJson(worker: Worker) {
  const { ending, usage } = worker;
  return {
    id: worker.id,
    type: worker.type,
    queue: worker.queue,
    state: worker.state,
    mode: worker.mode,
    concurrency: worker.concurrency,
    pool: worker.pool ?? null,
    session_id: worker.sessionId ?? null,
    persistent: worker.persistent,
    pid: worker.process?.pid ?? null,
    host: worker.process?.host ?? null,
    parent_pid: worker.parent?.pid ?? null,
    registered_at: iso(worker.registeredAt),
    activated_at: iso(worker.activatedAt),
    ended_at: iso(worker.endedAt),
    heartbeat_at: iso(worker.heartbeatAt),
    leased_until: iso(worker.leasedUntil),
    task_ids: worker.taskIds,
    jobs_processed: worker.tasksCompleted + worker.tasksFailed,
    tasks_completed: worker.tasksCompleted,
    tasks_failed: worker.tasksFailed,
    busy_ms: worker.busyMs,
    memory: usage?.memory ?? null,
    cpu_percent: usage?.cpuPercent ?? null,
    processes: usage?.processes ?? null,
    peak_memory: worker.peakMemory ?? null,
    expected_memory: worker.expectedMemory,
    memory_limit: worker.memoryLimit ?? null,
    container: containerJson(containerOf(worker)),
    log_path: worker.logPath ?? null,
    config_source: worker.configSource ?? null,
    ending: ending
      ? {
          reason: ending.reason,
          exit_code: ending.exitCode ?? null,
          signal: ending.signal ?? null,
          log_tail: ending.logTail ?? null,
        }
      : null,
  };
}

function containerJson(container: ContainerFacts | undefined) {
  if (container === undefined) return null;
  return {
    id: container.id,
    image: container.image ?? null,
    cpus: container.cpus ?? null,
    pids_limit: container.pidsLimit ?? null,
  };
}

export function eventJson(event: LoggedEvent) {
  return {
    cursor: event.cursor,
    type: event.type,
    at: iso(event.at),
    message: event.message ?? null,
    worker_id: event.workerId ?? null,
    worker_type: event.workerType ?? null,
    mode: event.mode ?? null,
    task_id: event.taskId ?? null,
    session_id: event.sessionId ?? null,
    data: event.data ?? null,
  };
}

export function prunedJson({ tasks, workers, events }: Pruned) {
  return { tasks, workers, events };
}

function iso(at: number): string;
function iso(at: number | undefined): string | null;
function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
