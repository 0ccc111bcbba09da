import { ClxError, IllegalTransitionError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal, type TaskState, taskTransitions } from "../../domain/task-state.ts";
import type { RetryParams } from "../task-store.ts";
import { keepLatestAttempt } from "./attempts.ts";
import { aboutTask } from "./dependants.ts";
import { appendEvent } from "./events.ts";
import { refuseSameParts } from "./exclusive.ts";
import { getTaskRow } from "./find-task.ts";
import { sqlList } from "./guards.ts";
import { type TaskRow, taskOf } from "./task-row.ts";
import type { Transaction } from "./transaction.ts";

const { revive, reblock } = taskTransitions;

/** A back-off is over when somebody asks; a time that the task was submitted with is not. */
const startOverSql = `
  update tasks
  set    state               = ?,
         ready               = ?,
         run_at              = ?,
         open_dependencies   = ?,
         attempt_limit       = attempt + max_attempts,
         ended_at            = null,
         progress            = null,
         result              = null,
         cancel_requested_at = null,
         cancel_reason       = null
  where  seq = ? and state in (${sqlList(revive.from)})`;

/** Those that still wait for other tasks have to wait for this one again. */
const waitAgainSql = `
  update tasks
  set    open_dependencies = open_dependencies + 1
  where  state = 'blocked'
  and    id in (select task_id from task_dependencies where depends_on = ?)`;

export function retry(tx: Transaction, params: RetryParams): Task {
  const { taskId, attempt, now, exclusive = [] } = params;
  const row = getTaskRow(tx.db, taskId);
  if (attempt !== undefined && attempt !== row.attempt) throw staleWish(row, attempt);
  if (!(revive.from as readonly TaskState[]).includes(row.state)) {
    throw new IllegalTransitionError("task", row.state, "retry", taskId);
  }
  refuseSameParts(tx, taskOf(row), exclusive);
  const open = openDependencies(tx, row);
  const runAt = row.attempt === 0 ? row.run_at : null;
  const ready = open === 0 && (runAt ?? 0) <= now;
  keepLatestAttempt(tx, row.seq);
  const { to } = open > 0 ? reblock : revive;
  tx.db.run(startOverSql, to, ready ? 1 : 0, runAt, open, row.seq);
  tx.db.run(waitAgainSql, taskId);
  appendEvent(tx, { type: "task_retried", at: now, ...aboutTask(row) });
  if (open === 0) tx.ring({ kind: "work", type: row.type });
  return taskOf(getTaskRow(tx.db, taskId));
}

function staleWish(row: TaskRow, attempt: number): ClxError {
  return new ClxError(
    "illegal_transition",
    `cannot retry task ${row.id} after attempt ${attempt}: it is ${row.state}, and its attempt is ${row.attempt} by now`,
  );
}

const dependenciesSql = `
  select tasks.id, tasks.state
  from   task_dependencies
  join   tasks on tasks.id = task_dependencies.depends_on
  where  task_dependencies.task_id = ?`;

function openDependencies(tx: Transaction, row: TaskRow): number {
  const dependencies = tx.db.all<{ id: string; state: TaskState }>(dependenciesSql, row.id);
  const lost = dependencies.find(({ state }) => isFinal(state) && state !== "completed");
  if (lost !== undefined && row.on_dependency_failure === "skip") {
    throw new ClxError(
      "illegal_transition",
      `cannot retry task ${row.id}: it waits for task ${lost.id}, which is ${lost.state}; retry ${lost.id} first`,
    );
  }
  return dependencies.filter(({ state }) => !isFinal(state)).length;
}
