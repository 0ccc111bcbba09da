import { liveWorkerStates, type WorkerState } from "../../domain/worker-state.ts";
import type { HeldAttempt, Renewal, RenewParams } from "../task-store.ts";
import { sqlList } from "./guards.ts";
import type { Transaction } from "./transaction.ts";

const beatSql = `
  update workers
  set    heartbeat_at      = ?,
         leased_until      = ?,
         beats             = beats + 1,
         usage_memory      = ifnull(?, usage_memory),
         usage_cpu_percent = ifnull(?, usage_cpu_percent),
         usage_processes   = ifnull(?, usage_processes),
         peak_memory       = nullif(max(ifnull(peak_memory, 0), ?), 0)
  where  id = ? and status in (${sqlList(liveWorkerStates)})
  returning status`;

const heldSql = `
  select   id, attempt, cancel_requested_at, cancel_reason
  from     tasks
  where    worker_id = ? and state = 'running'
  order by seq`;

const abortedSql = "select 1 from workers where id = ? and ending ->> '$.aborted'";

interface HeldRow {
  readonly id: string;
  readonly attempt: number;
  readonly cancel_requested_at: number | null;
  readonly cancel_reason: string | null;
}

export function renew(tx: Transaction, { workerId, now, leaseMs, usage }: RenewParams): Renewal {
  const beat = tx.db.get<{ status: WorkerState }>(
    beatSql,
    now,
    now + leaseMs,
    usage?.memory ?? null,
    usage?.cpuPercent ?? null,
    usage?.processes ?? null,
    usage?.memory ?? 0,
    workerId,
  );
  if (beat === undefined) return gone(tx, workerId);
  return {
    standing: beat.status === "draining" ? "draining" : "live",
    held: tx.db.all<HeldRow>(heldSql, workerId).map(heldOf),
  };
}

function gone({ db }: Transaction, workerId: string): Renewal {
  const isAborted = db.get(abortedSql, workerId) !== undefined;
  return { standing: "gone", ...(isAborted && { aborted: true }), held: [] };
}

function heldOf(row: HeldRow): HeldAttempt {
  const held = { taskId: row.id, attempt: row.attempt };
  return row.cancel_requested_at === null
    ? held
    : { ...held, cancelReason: row.cancel_reason ?? "" };
}
