import { isLive, workerTransitions } from "../../domain/worker-state.ts";
import type { Settled, Settlement, SettleParams, Standing } from "../task-store.ts";
import { claimFor } from "./claim.ts";
import { endAttempt, type RunningTask, ranMs, runningColumns } from "./end-attempt.ts";
import { appendEvent } from "./events.ts";
import { appendLogs } from "./logs.ts";
import { noTally, saveWorker, type Tally, tallied, tallyOf } from "./save-worker.ts";
import { noteBegun, tellStart } from "./task-start.ts";
import type { Transaction } from "./transaction.ts";
import {
  aboutWorker,
  after,
  countHeld,
  findWorkerFacts,
  type WorkerFacts,
} from "./worker-facts.ts";

const byIdSql = `select ${runningColumns} from tasks where id = ?`;

export function settle(tx: Transaction, params: SettleParams): Settled {
  const before = findWorkerFacts(tx.db, params.workerId);
  if (before === undefined || !isLive(before.status)) {
    const standings = params.settlements.map((): Standing => "superseded");
    return { standings, claim: { tasks: [], standing: "gone" } };
  }
  noteBegun(tx, params.workerId, params.begun);
  let tally = noTally;
  const standings = params.settlements.map((settlement) => {
    const settled = settleOne(tx, settlement, params);
    if (settled.tally !== undefined) tally = tallied(tally, settled.tally);
    return settled.standing;
  });
  const { claim, worker } = claimFor(tx, rested(tx, before, params.now), params);
  saveWorker(tx, { before, after: worker, tally });
  return { standings, claim };
}

interface SettledOne {
  readonly standing: Standing;
  readonly tally?: Tally;
}

function settleOne(tx: Transaction, settlement: Settlement, params: SettleParams): SettledOne {
  const { workerId, now, jitter } = params;
  const { taskId, attempt, outcome, logs = [], peakMemory, cpuMs, startedAt } = settlement;
  const task = tx.db.get<RunningTask>(byIdSql, taskId);
  if (task === undefined) return { standing: "superseded" };
  if (task.state !== "running" || task.worker_id !== workerId || task.attempt !== attempt) {
    return { standing: wasSettledBy(tx, task, { workerId, attempt }) ? "accepted" : "superseded" };
  }
  appendLogs(tx, { seq: task.seq, attempt, logs });
  if (task.started_at === null && startedAt !== undefined) {
    task.started_at = startedAt;
    tellStart(tx, task, { workerId, at: startedAt });
  }
  const event = endAttempt(tx, { task, outcome, peakMemory, cpuMs, now, jitter });
  return { standing: "accepted", tally: tallyOf(event, ranMs(task, now), peakMemory) };
}

const keptSql = "select 1 from attempts where task_seq = ? and number = ? and worker_id = ?";

/**
 * Whether the attempt has ended already, by the same worker. A live worker's attempts are ended
 * by nobody else, so the call is a repeated one, whose first answer was lost.
 */
function wasSettledBy(
  tx: Transaction,
  task: RunningTask,
  { workerId, attempt }: { readonly workerId: string; readonly attempt: number },
): boolean {
  const isLatest =
    task.state !== "running" && task.worker_id === workerId && task.attempt === attempt;
  return isLatest || tx.db.get(keptSql, task.seq, attempt, workerId) !== undefined;
}

function rested(tx: Transaction, worker: WorkerFacts, now: number): WorkerFacts {
  const mayRest = (workerTransitions.rest.from as readonly string[]).includes(worker.status);
  if (!mayRest || countHeld(tx.db, worker.id) > 0) return worker;
  if (worker.status === "hung") {
    appendEvent(tx, { type: "worker_responding", at: now, ...aboutWorker(worker) });
  }
  return after(worker, "rest");
}
