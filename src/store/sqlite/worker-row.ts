import type { ProcessIdentity, Worker } from "../../domain/worker.ts";
import type { WorkerState } from "../../domain/worker-state.ts";
import type { Writable } from "./writable.ts";

/** A row of `workers`, with the ids of its running tasks beside it. */
export interface WorkerRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  readonly mode: string;
  readonly status: WorkerState;
  readonly concurrency: number;
  readonly session_id: string | null;
  readonly persistent: number;
  readonly pool: string | null;
  readonly parent_pid: number | null;
  readonly parent_started_at: string | null;
  readonly parent_host: string | null;
  readonly expected_memory: number;
  readonly memory_limit: number | null;
  readonly log_path: string | null;
  readonly config_source: string | null;
  readonly launch_token_hash: string | null;
  readonly pid: number | null;
  readonly process_started_at: string | null;
  readonly host: string | null;
  readonly executor_ref: string | null;
  readonly registered_at: number;
  readonly activated_at: number | null;
  readonly ended_at: number | null;
  readonly heartbeat_at: number | null;
  readonly beats: number;
  readonly leased_until: number | null;
  readonly usage_memory: number | null;
  readonly usage_cpu_percent: number | null;
  readonly usage_processes: number | null;
  readonly peak_memory: number | null;
  readonly tasks_completed: number;
  readonly tasks_failed: number;
  readonly busy_ms: number;
  readonly ending: string | null;
  readonly task_ids: string;
}

export const taskIdsColumn = `
  (select json_group_array(id)
   from   (select id from tasks where worker_id = workers.id and state = 'running' order by seq))
  as task_ids`;

export function workerOf(row: WorkerRow): Worker {
  const worker: Writable<Worker> = {
    id: row.id,
    type: row.type,
    queue: row.queue,
    mode: row.mode,
    state: row.status,
    concurrency: row.concurrency,
    persistent: row.persistent === 1,
    expectedMemory: row.expected_memory,
    registeredAt: row.registered_at,
    beats: row.beats,
    taskIds: JSON.parse(row.task_ids),
    tasksCompleted: row.tasks_completed,
    tasksFailed: row.tasks_failed,
    busyMs: row.busy_ms,
  };
  const parent = identityOf(row.parent_pid, row.parent_started_at, row.parent_host);
  const process = identityOf(row.pid, row.process_started_at, row.host);
  if (parent !== undefined) worker.parent = parent;
  if (process !== undefined) worker.process = process;
  if (row.session_id !== null) worker.sessionId = row.session_id;
  if (row.pool !== null) worker.pool = row.pool;
  if (row.memory_limit !== null) worker.memoryLimit = row.memory_limit;
  if (row.log_path !== null) worker.logPath = row.log_path;
  if (row.config_source !== null) worker.configSource = row.config_source;
  if (row.executor_ref !== null) worker.executorRef = JSON.parse(row.executor_ref);
  if (row.activated_at !== null) worker.activatedAt = row.activated_at;
  if (row.ended_at !== null) worker.endedAt = row.ended_at;
  if (row.heartbeat_at !== null) worker.heartbeatAt = row.heartbeat_at;
  if (row.leased_until !== null) worker.leasedUntil = row.leased_until;
  if (row.usage_memory !== null) {
    worker.usage = {
      memory: row.usage_memory,
      ...(row.usage_cpu_percent !== null && { cpuPercent: row.usage_cpu_percent }),
      processes: row.usage_processes ?? 0,
    };
  }
  if (row.peak_memory !== null) worker.peakMemory = row.peak_memory;
  if (row.ending !== null) worker.ending = JSON.parse(row.ending);
  return worker;
}

export function identityOf(
  pid: number | null,
  startedAt: string | null,
  host: string | null,
): ProcessIdentity | undefined {
  if (pid === null || startedAt === null || host === null) return undefined;
  return { pid, startedAt, host };
}
