import { IllegalTransitionError } from "../../domain/errors.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { DeleteTaskParams } from "../task-store.ts";
import { aboutTask } from "./dependants.ts";
import { appendEvent } from "./events.ts";
import { getTaskRow } from "./find-task.ts";
import type { Transaction } from "./transaction.ts";

export function deleteTask(tx: Transaction, { taskId, now }: DeleteTaskParams): void {
  const row = getTaskRow(tx.db, taskId);
  if (!isFinal(row.state)) throw new IllegalTransitionError("task", row.state, "delete", taskId);
  removeTask(tx, row);
  appendEvent(tx, { type: "task_deleted", at: now, ...aboutTask(row) });
}

/** With everything that hangs on it. */
export function removeTask(
  tx: Transaction,
  { seq, id }: { readonly seq: number; readonly id: string },
): void {
  tx.db.run("delete from task_logs where task_seq = ?", seq);
  tx.db.run("delete from attempts where task_seq = ?", seq);
  tx.db.run("delete from checkpoints where task_seq = ?", seq);
  tx.db.run("delete from task_dependencies where task_id = ?", id);
  tx.db.run("delete from tasks where seq = ?", seq);
  tx.removedTasks.add(id);
  tx.changed();
}
