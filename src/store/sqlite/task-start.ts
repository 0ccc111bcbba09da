import type { BegunAttempt } from "../task-store.ts";
import { aboutTask, type TaskNames } from "./dependants.ts";
import { appendEvent } from "./events.ts";
import type { Transaction } from "./transaction.ts";

interface Start {
  readonly workerId: string;
  readonly at: number;
}

export function tellStart(tx: Transaction, task: TaskNames, { workerId, at }: Start): void {
  appendEvent(tx, { type: "task_started", at, workerId, ...aboutTask(task) });
}

const noteSql = `
  update    tasks
  set       started_at = ?
  where     id = ? and state = 'running' and worker_id = ? and attempt = ? and started_at is null
  returning id, type, session_id`;

/** Attempts that were taken ahead have begun. One that is over already, or somebody else's, stays as it is. */
export function noteBegun(
  tx: Transaction,
  workerId: string,
  begun: readonly BegunAttempt[] = [],
): void {
  for (const { taskId, attempt, startedAt } of begun) {
    const task = tx.db.get<TaskNames>(noteSql, startedAt, taskId, workerId, attempt);
    if (task !== undefined) tellStart(tx, task, { workerId, at: startedAt });
  }
}
