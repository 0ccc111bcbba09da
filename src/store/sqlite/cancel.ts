import { IllegalTransitionError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { type TaskState, taskTransitions } from "../../domain/task-state.ts";
import type { CancelParams } from "../task-store.ts";
import { aboutTask, tellDependants } from "./dependants.ts";
import { appendEvent } from "./events.ts";
import { getTaskRow } from "./find-task.ts";
import { sqlList } from "./guards.ts";
import { type TaskRow, taskOf } from "./task-row.ts";
import type { Transaction } from "./transaction.ts";

const { from, to } = taskTransitions.cancel;
const unheldStates = from.filter((state) => state !== "running");

const cancelSql = `
  update tasks
  set    state = '${to}', ready = 0, ended_at = ?, cancel_requested_at = ?, cancel_reason = ?
  where  seq = ? and state in (${sqlList(unheldStates)})`;

const askSql = `
  update tasks set cancel_requested_at = ?, cancel_reason = ? where seq = ? and state = 'running'`;

export function cancel(tx: Transaction, params: CancelParams): Task {
  const row = getTaskRow(tx.db, params.taskId);
  if (row.state === to) return taskOf(row);
  if (!(from as readonly TaskState[]).includes(row.state)) {
    throw new IllegalTransitionError("task", row.state, "cancel", row.id);
  }
  cancelOpen(tx, row, params);
  return taskOf(getTaskRow(tx.db, params.taskId));
}

/** What the end of a session and of a task have in common. */
export type OpenTask = Pick<
  TaskRow,
  "seq" | "id" | "type" | "session_id" | "state" | "worker_id" | "cancel_requested_at"
>;

export function cancelOpen(
  tx: Transaction,
  task: OpenTask,
  { reason, now }: Omit<CancelParams, "taskId">,
): void {
  const event = { at: now, message: reason, ...aboutTask(task) };
  if (task.state !== "running") {
    // One that was cancelled before it in the same step may have skipped it: that has been told.
    if (tx.db.run(cancelSql, now, now, reason, task.seq) === 0) return;
    appendEvent(tx, { type: "task_cancelled", ...event });
    tellDependants(tx, { id: task.id, state: to }, now);
  } else if (task.cancel_requested_at === null) {
    tx.db.run(askSql, now, reason, task.seq);
    const workerId = task.worker_id ?? "";
    appendEvent(tx, { type: "task_cancel_requested", ...event, workerId });
    tx.ring({ kind: "worker", workerId });
  }
}
