import type { Worker } from "../../domain/worker.ts";
import type { RegisterWorkerParams } from "../task-store.ts";
import { appendEvent } from "./events.ts";
import { findWorker, getWorker } from "./find-workers.ts";
import { refuseEndedSession } from "./sessions.ts";
import type { Transaction } from "./transaction.ts";

const insertSql = `
  insert into workers (
    id, type, queue, mode, status, concurrency, session_id, persistent, pool, parent_pid,
    parent_started_at, parent_host, expected_memory, memory_limit, log_path, config_source,
    launch_token_hash, registered_at
  )
  values (?, ?, ?, ?, 'created', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function registerWorker(tx: Transaction, { worker, now }: RegisterWorkerParams): Worker {
  const known = findWorker(tx.db, worker.id);
  if (known !== undefined) return known;
  if (worker.sessionId !== undefined) refuseEndedSession(tx.db, worker.sessionId);
  tx.db.run(
    insertSql,
    worker.id,
    worker.type,
    worker.queue,
    worker.mode,
    worker.concurrency,
    worker.sessionId ?? null,
    worker.persistent ? 1 : 0,
    worker.pool ?? null,
    worker.parent?.pid ?? null,
    worker.parent?.startedAt ?? null,
    worker.parent?.host ?? null,
    worker.expectedMemory,
    worker.memoryLimit ?? null,
    worker.logPath ?? null,
    worker.configSource ?? null,
    worker.launchTokenHash,
    now,
  );
  appendEvent(tx, {
    type: "worker_registered",
    at: now,
    workerId: worker.id,
    workerType: worker.type,
    mode: worker.mode,
    ...(worker.sessionId !== undefined && { sessionId: worker.sessionId }),
    ...(worker.configSource !== undefined && { data: { configSource: worker.configSource } }),
  });
  return getWorker(tx.db, worker.id);
}
