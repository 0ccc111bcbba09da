import type { Verdict } from "../../domain/settlement.ts";
import type { Transaction } from "./transaction.ts";

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

const writeSql = `
  update workers
  set    tasks_completed = tasks_completed + ?,
         tasks_failed    = tasks_failed + ?,
         busy_ms         = busy_ms + ?,
         peak_memory     = nullif(max(ifnull(peak_memory, 0), ?), 0)
  where  id = ?`;

export function writeTally(tx: Transaction, workerId: string, tally: Tally): void {
  if (tally === noTally) return;
  tx.db.run(writeSql, tally.completed, tally.failed, tally.busyMs, tally.peakMemory, workerId);
}
