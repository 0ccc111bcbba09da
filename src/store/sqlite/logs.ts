import type { LogLine } from "../../domain/task.ts";
import { type LogPage, type LogsParams, logCaps, type StoredLogLine } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { getTaskRow } from "./find-task.ts";
import type { Transaction } from "./transaction.ts";

const cutMark = " … [cut]";
const lastCursorSql = "select max(cursor) as cursor from task_logs where task_seq = ?";
const appendSql =
  "insert into task_logs (task_seq, cursor, attempt, at, stream, line) values (?, ?, ?, ?, ?, ?)";
const dropSql = "delete from task_logs where task_seq = ? and cursor > ? and cursor <= ?";

export interface AppendLogsParams {
  readonly seq: number;
  readonly attempt: number;
  readonly logs: readonly LogLine[];
}

export function appendLogs(tx: Transaction, { seq, attempt, logs }: AppendLogsParams): void {
  if (logs.length === 0) return;
  const before = tx.db.get<{ cursor: number | null }>(lastCursorSql, seq)?.cursor ?? 0;
  const after = before + logs.length;
  const droppedTo = after - logCaps.tail;
  logs.forEach(({ at, stream, line }, index) => {
    const cursor = before + index + 1;
    if (cursor > logCaps.head && cursor <= droppedTo) return;
    tx.db.run(appendSql, seq, cursor, attempt, at, stream, cut(line));
  });
  if (droppedTo > logCaps.head) tx.db.run(dropSql, seq, logCaps.head, droppedTo);
  tx.changed();
}

function cut(line: string): string {
  if (line.length <= logCaps.lineLength) return line;
  return line.slice(0, logCaps.lineLength - cutMark.length) + cutMark;
}

const pageSql = `
  select   cursor, attempt, at, stream, line
  from     task_logs
  where    task_seq = ? and cursor > ?
  order by cursor
  limit    ?`;

/** The last lines before a cursor. */
const pageBeforeSql = `
  select * from (
    select   cursor, attempt, at, stream, line
    from     task_logs
    where    task_seq = ? and cursor > ? and cursor < ?
    order by cursor desc
    limit    ?
  )
  order by cursor`;

export function logsOf(db: Connection, params: LogsParams): LogPage {
  const { taskId, after, before, limit } = params;
  const { seq } = getTaskRow(db, taskId);
  if (before !== undefined) {
    const rows = db.all<StoredLogLine>(pageBeforeSql, seq, after, before, limit);
    return pageBefore(
      rows.map((row) => ({ ...row })),
      before,
    );
  }
  const lines = db.all<StoredLogLine>(pageSql, seq, after, limit).map((row) => ({ ...row }));
  const last = lines.at(-1)?.cursor ?? after;
  return { lines, dropped: last - after - lines.length };
}

/** Dropped are those between the first of the lines and the cursor. */
function pageBefore(lines: readonly StoredLogLine[], before: number): LogPage {
  const first = lines[0];
  return { lines, dropped: first === undefined ? 0 : before - first.cursor - lines.length };
}
