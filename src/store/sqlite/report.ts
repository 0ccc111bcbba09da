import type { ReportParams, Standing } from "../task-store.ts";
import { appendLogs } from "./logs.ts";
import type { Transaction } from "./transaction.ts";

const fenceSql = `
  select seq from tasks where id = ? and worker_id = ? and attempt = ? and state = 'running'`;

const checkpointSql = `
  insert into checkpoints values (?, ?)
  on conflict (task_seq) do update set document = excluded.document`;

export function report(tx: Transaction, params: ReportParams): Standing {
  const { taskId, workerId, attempt, progress, logs, checkpoint } = params;
  const task = tx.db.get<{ seq: number }>(fenceSql, taskId, workerId, attempt);
  if (task === undefined) return "superseded";
  if (progress !== undefined) {
    tx.db.run("update tasks set progress = ? where seq = ?", JSON.stringify(progress), task.seq);
  }
  if (checkpoint !== undefined) tx.db.run(checkpointSql, task.seq, JSON.stringify(checkpoint));
  if (logs !== undefined) appendLogs(tx, { seq: task.seq, attempt, logs });
  tx.changed();
  return "accepted";
}
