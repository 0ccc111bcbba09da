import type { Session } from "../../domain/session.ts";
import { workerTransitions } from "../../domain/worker-state.ts";
import type { EndSessionParams } from "../task-store.ts";
import { cancelOpen, type OpenTask } from "./cancel.ts";
import { applyToWorker } from "./change-worker.ts";
import { appendEvent } from "./events.ts";
import { sqlList } from "./guards.ts";
import { getSession } from "./sessions.ts";
import type { Transaction } from "./transaction.ts";
import { factsColumns, type WorkerFacts } from "./worker-facts.ts";

const endSql = "update sessions set ended_at = ?, end_reason = ? where id = ?";

/** One for each partial index on sessions. */
const openTasksSql = [
  "state = 'blocked'",
  "state = 'pending' and ready = 1",
  "state = 'pending' and ready = 0",
]
  .map(
    (condition) => `
      select seq, id, type, session_id, state, worker_id, cancel_requested_at
      from   tasks
      where  session_id = ?1 and ${condition}`,
  )
  .join(" union all ");

const runningTasksSql = `
  select seq, id, type, session_id, state, worker_id, cancel_requested_at
  from   tasks
  where  session_id = ? and state = 'running'`;

const workersSql = `
  select ${factsColumns}
  from   workers
  where  session_id = ? and status in (${sqlList(workerTransitions.drain.from)})`;

export function endSession(tx: Transaction, { sessionId, reason, now }: EndSessionParams): Session {
  const session = getSession(tx.db, sessionId);
  if (session.endedAt !== undefined) return session;
  tx.db.run(endSql, now, reason, sessionId);
  for (const worker of tx.db.all<WorkerFacts>(workersSql, sessionId)) {
    applyToWorker(tx, { worker, event: "drain", now });
  }
  const open = [
    ...tx.db.all<OpenTask>(openTasksSql, sessionId),
    ...tx.db.all<OpenTask>(runningTasksSql, sessionId),
  ];
  for (const task of open) cancelOpen(tx, task, { reason, now });
  appendEvent(tx, { type: "session_ended", at: now, sessionId, message: reason });
  return getSession(tx.db, sessionId);
}
