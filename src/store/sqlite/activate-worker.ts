import { ClxError } from "../../domain/errors.ts";
import type { Worker } from "../../domain/worker.ts";
import { type WorkerState, workerTransitions } from "../../domain/worker-state.ts";
import type { ActivateWorkerParams, ReadyWorkerParams } from "../task-store.ts";
import { appendEvent } from "./events.ts";
import { getWorker } from "./find-workers.ts";
import { sqlList } from "./guards.ts";
import type { Transaction } from "./transaction.ts";

const { from, to } = workerTransitions.activate;

const showTokenSql = `
  update workers
  set    launch_token_hash  = null,
         pid                = ?,
         process_started_at = ?,
         host               = ?,
         heartbeat_at       = ?,
         leased_until       = ?
  where  id = ? and status in (${sqlList(from)}) and launch_token_hash = ?`;

const readySql = `
  update workers
  set    status       = '${to}',
         activated_at = ?
  where  id = ? and status in (${sqlList(from)}) and launch_token_hash is null`;

export function activateWorker(tx: Transaction, params: ActivateWorkerParams): Worker {
  const { workerId, launchToken, process, now, leaseMs } = params;
  const { createHash } = globalThis.process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(launchToken).digest("hex");
  const { pid, startedAt, host } = process;
  const values = [pid, startedAt, host, now, now + leaseMs, workerId, hash] as const;
  if (tx.db.run(showTokenSql, ...values) === 0) throw refusal(tx, workerId);
  if (!params.isOpening) readyWorker(tx, { workerId, now });
  return getWorker(tx.db, workerId);
}

export function readyWorker(tx: Transaction, { workerId, now }: ReadyWorkerParams): void {
  if (tx.db.run(readySql, now, workerId) === 0) return;
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
  if (status === "created")
    return "its launch token is not the one it was registered with, or has been used";
  return `it is ${status}, and a worker is activated once`;
}
