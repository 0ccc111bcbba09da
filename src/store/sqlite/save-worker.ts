import type { Verdict } from "../../domain/settlement.ts";
import type { Transaction } from "./transaction.ts";
import type { WorkerFacts } from "./worker-facts.ts";

/** What settled attempts add to their worker's counts. */
export interface Tally {
  readonly completed: number;
  readonly failed: number;
  readonly busyMs: number;
  readonly peakMemory: number;
}

export const noTally: Tally = { completed: 0, failed: 0, busyMs: 0, peakMemory: 0 };

export function tallyOf(event: Verdict["event"], tookMs: number, peakMemory = 0): Tally {
  return {
    completed: event === "complete" ? 1 : 0,
    failed: event === "fail" || event === "requeue" ? 1 : 0,
    busyMs: Math.max(0, tookMs),
    peakMemory,
  };
}

export function tallied(a: Tally, b: Tally): Tally {
  return {
    completed: a.completed + b.completed,
    failed: a.failed + b.failed,
    busyMs: a.busyMs + b.busyMs,
    peakMemory: Math.max(a.peakMemory, b.peakMemory),
  };
}

const saveSql = `
  update workers
  set    status          = ?,
         tasks_completed = tasks_completed + ?,
         tasks_failed    = tasks_failed + ?,
         busy_ms         = busy_ms + ?,
         peak_memory     = nullif(max(ifnull(peak_memory, 0), ?), 0)
  where  id = ?`;

export interface WorkDone {
  readonly before: WorkerFacts;
  readonly after: WorkerFacts;
  readonly tally?: Tally;
}

/** Writes once what a whole operation has changed about a worker. */
export function saveWorker(tx: Transaction, { before, after, tally = noTally }: WorkDone): void {
  const { completed, failed, busyMs, peakMemory } = tally;
  if (tally !== noTally) {
    tx.db.run(saveSql, after.status, completed, failed, busyMs, peakMemory, after.id);
  } else if (after.status !== before.status) {
    tx.db.run("update workers set status = ? where id = ?", after.status, after.id);
  }
}
