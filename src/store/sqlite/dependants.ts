import type { Failure } from "../../domain/failure.ts";
import { type TaskState, taskTransitions } from "../../domain/task-state.ts";
import { appendEvent } from "./events.ts";
import { sqlList } from "./guards.ts";
import type { Transaction } from "./transaction.ts";

/** A cross join keeps this order: through the dependencies to the tasks, not through all blocked. */
const waitingSql = `
  select tasks.seq, tasks.id, tasks.type, tasks.session_id, tasks.on_dependency_failure
  from   task_dependencies
  cross  join tasks on tasks.id = task_dependencies.task_id
  where  task_dependencies.depends_on = ?
  and    tasks.state = 'blocked'`;

const countDownSql = `
  update tasks set open_dependencies = open_dependencies - 1 where seq = ?
  returning open_dependencies, run_at`;

const { skip, unblock } = taskTransitions;

const unblockSql = `
  update tasks
  set    state = '${unblock.to}', ready = ?
  where  seq = ? and state in (${sqlList(unblock.from)})`;

const skipSql = `
  update tasks
  set    state = '${skip.to}', ended_at = ?, failure = ?, cancel_reason = ?
  where  seq = ? and state in (${sqlList(skip.from)})`;

interface Dependant {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly session_id: string | null;
  readonly on_dependency_failure: "skip" | "run";
}

interface EndedTask {
  readonly id: string;
  readonly state: TaskState;
}

/** Tells the tasks that wait for an ended one: they become pending, or are skipped, and so on. */
export function tellDependants(tx: Transaction, first: EndedTask, now: number): void {
  if (!tx.hasDependencies) return;
  const ended = [first];
  for (let task = ended.pop(); task !== undefined; task = ended.pop()) {
    for (const dependant of tx.db.all<Dependant>(waitingSql, task.id)) {
      if (task.state === "completed" || dependant.on_dependency_failure === "run") {
        countDown(tx, dependant, now);
      } else {
        skipTask(tx, { dependant, because: dependencyFailure(task.id, task.state), now });
        ended.push({ id: dependant.id, state: skip.to });
      }
    }
  }
}

export function dependencyFailure(id: string, state: TaskState): Failure {
  const what = state === "failed" ? "failed" : "was cancelled";
  return {
    kind: "dependency_failed",
    message: `task ${id}, which this one waits for, ${what}; retry that one first, then this one`,
  };
}

function countDown(tx: Transaction, dependant: Dependant, now: number): void {
  const left = tx.db.get<{ open_dependencies: number; run_at: number | null }>(
    countDownSql,
    dependant.seq,
  );
  if (left === undefined || left.open_dependencies > 0) return;
  tx.db.run(unblockSql, (left.run_at ?? 0) <= now ? 1 : 0, dependant.seq);
  appendEvent(tx, { type: "task_unblocked", at: now, ...aboutTask(dependant) });
  tx.ring({ kind: "work", type: dependant.type });
}

interface Skipping {
  readonly dependant: Dependant;
  readonly because: Failure;
  readonly now: number;
}

function skipTask(tx: Transaction, { dependant, because, now }: Skipping): void {
  tx.db.run(skipSql, now, JSON.stringify(because), because.message, dependant.seq);
  appendEvent(tx, {
    type: "task_skipped",
    at: now,
    message: because.message,
    ...aboutTask(dependant),
  });
}

export interface TaskNames {
  readonly id: string;
  readonly type: string;
  readonly session_id: string | null;
}

/** What every event about a task says. */
export function aboutTask({ id, type, session_id }: TaskNames) {
  return {
    taskId: id,
    workerType: type,
    ...(session_id !== null && { sessionId: session_id }),
  };
}
