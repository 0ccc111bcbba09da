import type { TaskRow } from "./task-row.ts";

const columns = [
  "seq",
  "id",
  "type",
  "queue",
  "session_id",
  "state",
  "ready",
  "priority",
  "run_at",
  "open_dependencies",
  "attempt",
  "attempt_limit",
  "worker_id",
  "created_at",
  "started_at",
  "ended_at",
  "max_attempts",
  "retry_on",
  "backoff_ms",
  "max_backoff_ms",
  "timeout_ms",
  "expected_memory",
  "key",
  "after_ids",
  "on_dependency_failure",
  "peak_memory",
  "cpu_ms",
  "cancel_requested_at",
  "cancel_reason",
  "progress",
  "failure",
  "result",
  "title",
  "tags",
  "payload",
] as const satisfies readonly (keyof TaskRow)[];

/** What to select for `taskRowOf`. */
export const taskColumns = columns.join(", ");

type Columns = typeof columns;

export type TaskCells = {
  readonly [At in keyof Columns]: TaskRow[Columns[At] & keyof TaskRow];
};

/** A row built as one literal takes half the time of one that is built name by name. */
export function taskRowOf(cells: TaskCells): TaskRow {
  return {
    seq: cells[0],
    id: cells[1],
    type: cells[2],
    queue: cells[3],
    session_id: cells[4],
    state: cells[5],
    ready: cells[6],
    priority: cells[7],
    run_at: cells[8],
    open_dependencies: cells[9],
    attempt: cells[10],
    attempt_limit: cells[11],
    worker_id: cells[12],
    created_at: cells[13],
    started_at: cells[14],
    ended_at: cells[15],
    max_attempts: cells[16],
    retry_on: cells[17],
    backoff_ms: cells[18],
    max_backoff_ms: cells[19],
    timeout_ms: cells[20],
    expected_memory: cells[21],
    key: cells[22],
    after_ids: cells[23],
    on_dependency_failure: cells[24],
    peak_memory: cells[25],
    cpu_ms: cells[26],
    cancel_requested_at: cells[27],
    cancel_reason: cells[28],
    progress: cells[29],
    failure: cells[30],
    result: cells[31],
    title: cells[32],
    tags: cells[33],
    payload: cells[34],
  };
}
