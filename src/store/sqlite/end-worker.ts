import { type Failure, failureKinds } from "../../domain/failure.ts";
import type { Outcome } from "../../domain/settlement.ts";
import type { Worker } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import type { EndedWorker, EndWorkerParams } from "../task-store.ts";
import { endAttempt, type RunningTask, ranMs, runningColumns } from "./end-attempt.ts";
import { appendEvent } from "./events.ts";
import { findTask } from "./find-task.ts";
import { getWorker } from "./find-workers.ts";
import { noTally, saveWorker, type Tally, tallied, tallyOf } from "./save-worker.ts";
import type { Transaction } from "./transaction.ts";
import { after, findWorkerFacts } from "./worker-facts.ts";

const heldSql = `
  select ${runningColumns} from tasks where worker_id = ? and state = 'running' order by seq`;

const endSql = `
  update workers set ended_at = ?, ending = ?, launch_token_hash = null where id = ?`;

export function endWorker(tx: Transaction, params: EndWorkerParams): EndedWorker {
  const { workerId, event, ending, now } = params;
  const before = findWorkerFacts(tx.db, workerId);
  if (before === undefined || !isLive(before.status)) {
    return { worker: getWorker(tx.db, workerId), ended: false, tasks: [] };
  }
  const held = tx.db.all<RunningTask>(heldSql, workerId);
  const tally = endHeldAttempts(tx, held, params);
  saveWorker(tx, { before, after: after(before, event), tally });
  tx.db.run(endSql, now, JSON.stringify(ending), workerId);
  const ended = getWorker(tx.db, workerId);
  announce(tx, ended, params);
  tx.ring({ kind: "worker", workerId });
  return { worker: ended, ended: true, tasks: held.flatMap(({ id }) => findTask(tx.db, id) ?? []) };
}

function endHeldAttempts(
  tx: Transaction,
  held: readonly RunningTask[],
  { tasks: outcome, now, jitter }: EndWorkerParams,
): Tally {
  let tally = noTally;
  for (const task of held) {
    const event = endAttempt(tx, { task, outcome: outcomeOf(task, outcome), now, jitter });
    tally = tallied(tally, tallyOf(event, ranMs(task, now)));
  }
  return tally;
}

function outcomeOf({ started_at }: RunningTask, tasks: EndWorkerParams["tasks"]): Outcome {
  return tasks.kind === "released" || (started_at === null && mayRunByItself(tasks.failure))
    ? { kind: "released" }
    : { kind: "failed", failure: tasks.failure };
}

function mayRunByItself({ kind }: Failure): boolean {
  return failureKinds[kind].again === "by_itself";
}

function announce(tx: Transaction, worker: Worker, { event, ending, now }: EndWorkerParams): void {
  const { reason, exitCode, signal } = ending;
  appendEvent(tx, {
    type: event === "leave" ? "worker_stopped" : "worker_failed",
    at: now,
    message: reason,
    workerId: worker.id,
    workerType: worker.type,
    mode: worker.mode,
    ...(worker.sessionId !== undefined && { sessionId: worker.sessionId }),
    data: {
      reason,
      tasksCompleted: worker.tasksCompleted,
      tasksFailed: worker.tasksFailed,
      uptimeMs: now - (worker.activatedAt ?? worker.registeredAt),
      ...(exitCode !== undefined && { exitCode }),
      ...(signal !== undefined && { signal }),
    },
  });
}
