import { createHash } from "node:crypto";
import { ClxError } from "../../domain/errors.ts";
import type { Worker } from "../../domain/worker.ts";
import { type WorkerState, workerTransitions } from "../../domain/worker-state.ts";
import type { ActivateWorkerParams } from "../task-store.ts";
import { appendEvent } from "./events.ts";
import { getWorker } from "./find-workers.ts";
import { sqlList } from "./guards.ts";
import type { Transaction } from "./transaction.ts";

const { from, to } = workerTransitions.activate;

const activateSql = `
  update workers
  set    status             = '${to}',
         launch_token_hash  = null,
         pid                = ?,
         process_started_at = ?,
         host               = ?,
         activated_at       = ?,
         heartbeat_at       = ?,
         leased_until       = ?
  where  id = ? and status in (${sqlList(from)}) and launch_token_hash = ?`;

export function activateWorker(tx: Transaction, params: ActivateWorkerParams): Worker {
  const { workerId, launchToken, process, now, leaseMs } = params;
  const hash = createHash("sha256").update(launchToken).digest("hex");
  const { pid, startedAt, host } = process;
  const leasedUntil = now + leaseMs;
  const values = [pid, startedAt, host, now, now, leasedUntil, workerId, hash] as const;
  if (tx.db.run(activateSql, ...values) === 0) throw refusal(tx, workerId);
  const worker = getWorker(tx.db, workerId);
  appendEvent(tx, {
    type: "worker_ready",
    at: now,
    workerId,
    workerType: worker.type,
    mode: worker.mode,
    ...(worker.sessionId !== undefined && { sessionId: worker.sessionId }),
    data: { startedInMs: now - worker.registeredAt },
  });
  return worker;
}

function refusal(tx: Transaction, workerId: string): ClxError {
  const sql = "select status from workers where id = ?";
  const status = tx.db.get<{ status: WorkerState }>(sql, workerId)?.status;
  return new ClxError(
    "worker_refused",
    `worker ${workerId} cannot become active: ${whyRefused(status)}; let its supervisor start a new one`,
  );
}

function whyRefused(status: WorkerState | undefined): string {
  if (status === undefined) return "nobody has registered it, or its row has been removed";
  if (status === "created") return "its launch token is not the one it was registered with";
  return `it is ${status}, and a worker is activated once`;
}
