import { ClxError } from "../../domain/errors.ts";
import type { Failure } from "../../domain/failure.ts";
import type { NewTask, Task } from "../../domain/task.ts";
import { isFinal, type TaskState } from "../../domain/task-state.ts";
import type { SubmitParams, Submitted } from "../task-store.ts";
import { dependencyFailure } from "./dependants.ts";
import { appendEvent, lastEvent } from "./events.ts";
import { refuseSameParts } from "./exclusive.ts";
import { findTaskRow } from "./find-task.ts";
import { refuseEndedSession } from "./sessions.ts";
import { checkpointColumn, type TaskRow, taskOf } from "./task-row.ts";
import type { Transaction } from "./transaction.ts";

const insertSql = `
  insert into tasks (
    id, type, queue, session_id, state, ready, priority, run_at, open_dependencies, attempt_limit,
    created_at, ended_at, max_attempts, retry_on, backoff_ms, max_backoff_ms, timeout_ms,
    expected_memory, key, after_ids, on_dependency_failure, cancel_reason, failure, title, tags,
    payload, events_after
  )
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** What holds for all tasks of a call. */
interface Adding {
  readonly now: number;
  readonly eventsAfter: number;
}

/** How a new task stands, given the tasks that it waits for. */
interface Standing {
  readonly state: TaskState;
  readonly openDependencies: number;
  readonly skippedFor?: Failure;
}

export function submit(tx: Transaction, params: SubmitParams): Submitted[] {
  const { tasks, now, exclusive = [] } = params;
  const adding = { now, eventsAfter: lastEvent(tx.db) };
  const openSessions = new Set<string>();
  return tasks.map((task) => {
    const known = knownTask(tx, task);
    if (known !== undefined) return { task: known, created: false };
    if (task.sessionId !== undefined && !openSessions.has(task.sessionId)) {
      refuseEndedSession(tx.db, task.sessionId);
      openSessions.add(task.sessionId);
    }
    refuseSameParts(tx, task, exclusive);
    return { task: addTask(tx, task, adding), created: true };
  });
}

const byKeySql = `select *, ${checkpointColumn} from tasks where key = ?`;

function knownTask(tx: Transaction, task: NewTask): Task | undefined {
  const row =
    findTaskRow(tx.db, task.id) ??
    (task.key === undefined ? undefined : tx.db.get<TaskRow>(byKeySql, task.key));
  if (row === undefined) return undefined;
  if (row.type !== task.type && row.key === task.key && task.key !== undefined) {
    throw new ClxError(
      "key_conflict",
      `the key ${task.key} belongs to task ${row.id} of type ${row.type} already; choose another key for this task of type ${task.type}`,
    );
  }
  return taskOf(row);
}

function addTask(tx: Transaction, task: NewTask, adding: Adding): Task {
  const { now } = adding;
  const after = [...new Set(task.after)];
  const standing = standingAfter(tx, task, after);
  insertTask(tx, { task, after, standing, ...adding });
  for (const dependency of after) {
    tx.db.run("insert into task_dependencies values (?, ?)", task.id, dependency);
    tx.dependencyAdded();
  }
  announce(tx, { task, standing, now });
  const { state, skippedFor } = standing;
  return {
    ...task,
    after,
    state,
    createdAt: now,
    attempt: 0,
    attemptLimit: task.retry.maxAttempts,
    ...(skippedFor && { endedAt: now, failure: skippedFor, cancelReason: skippedFor.message }),
  };
}

function standingAfter(tx: Transaction, task: NewTask, after: readonly string[]): Standing {
  let openDependencies = 0;
  for (const dependency of after) {
    const row = tx.db.get<{ state: TaskState }>("select state from tasks where id = ?", dependency);
    if (row === undefined) throw unknownDependency(task, dependency);
    if (!isFinal(row.state)) openDependencies++;
    else if (row.state !== "completed" && task.onDependencyFailure === "skip") {
      return {
        state: "cancelled",
        openDependencies: 0,
        skippedFor: dependencyFailure(dependency, row.state),
      };
    }
  }
  return { state: openDependencies > 0 ? "blocked" : "pending", openDependencies };
}

function unknownDependency(task: NewTask, dependency: string): ClxError {
  return new ClxError(
    "unknown_dependency",
    `task ${task.id} cannot wait for ${dependency}: no task has that id; submit that one first, or earlier in the same call`,
  );
}

interface AddedTask {
  readonly task: NewTask;
  readonly standing: Standing;
  readonly now: number;
}

interface InsertedTask extends AddedTask, Adding {
  readonly after: readonly string[];
}

function insertTask(
  tx: Transaction,
  { task, after, standing, now, eventsAfter }: InsertedTask,
): void {
  const { state, openDependencies, skippedFor } = standing;
  const { retry } = task;
  tx.db.run(
    insertSql,
    task.id,
    task.type,
    task.queue,
    task.sessionId ?? null,
    state,
    state === "pending" && (task.runAt ?? 0) <= now ? 1 : 0,
    task.priority,
    task.runAt ?? null,
    openDependencies,
    retry.maxAttempts,
    now,
    skippedFor ? now : null,
    retry.maxAttempts,
    retry.on,
    retry.backoffMs,
    retry.maxBackoffMs,
    task.timeoutMs ?? null,
    task.expectedMemory ?? null,
    task.key ?? null,
    after.length === 0 ? null : JSON.stringify(after),
    task.onDependencyFailure,
    skippedFor?.message ?? null,
    skippedFor ? JSON.stringify(skippedFor) : null,
    task.title ?? null,
    task.tags === undefined ? null : JSON.stringify(task.tags),
    JSON.stringify(task.payload),
    eventsAfter,
  );
}

function announce(tx: Transaction, { task, standing, now }: AddedTask): void {
  const about = {
    at: now,
    taskId: task.id,
    workerType: task.type,
    ...(task.sessionId !== undefined && { sessionId: task.sessionId }),
  };
  appendEvent(tx, { type: "task_submitted", ...about });
  if (standing.skippedFor) {
    appendEvent(tx, { type: "task_skipped", message: standing.skippedFor.message, ...about });
  }
  if (standing.state === "pending") tx.ring({ kind: "work", type: task.type });
}
