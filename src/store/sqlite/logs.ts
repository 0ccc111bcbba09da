import type { LogLine } from "../../domain/task.ts";
import { type LogPage, type LogsParams, logCaps, type StoredLogLine } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { getTaskRow } from "./find-task.ts";
import { appendToLongLog, firstOfLongLog, lastOfLongLog } from "./long-log.ts";
import type { Transaction } from "./transaction.ts";

const cutMark = " … [cut]";
const lastCursorSql = "select max(cursor) as cursor from task_logs where task_seq = ?";
const appendSql =
  "insert into task_logs (task_seq, cursor, attempt, at, stream, line) values (?, ?, ?, ?, ?, ?)";
const leavingSql = `
  select   cursor, attempt, at, stream, line
  from     task_logs
  where    task_seq = ? and cursor > ? and cursor <= ?
  order by cursor`;
const dropSql = "delete from task_logs where task_seq = ? and cursor > ? and cursor <= ?";
const taskIdSql = "select id from tasks where seq = ?";

export interface AppendLogsParams {
  readonly seq: number;
  readonly attempt: number;
  readonly logs: readonly LogLine[];
}

/** The tables keep the first and the last lines; those between go to a file (`long-log.ts`). */
export function appendLogs(tx: Transaction, { seq, attempt, logs }: AppendLogsParams): void {
  if (logs.length === 0) return;
  const before = tx.db.get<{ cursor: number | null }>(lastCursorSql, seq)?.cursor ?? 0;
  const lines = logs.map(({ at, stream, line }, index) => ({
    ...{ cursor: before + index + 1, attempt, at, stream, line: cut(line) },
  }));
  const leavingTo = before + logs.length - logCaps.tail;
  const isLeaving = ({ cursor }: StoredLogLine) => cursor > logCaps.head && cursor <= leavingTo;
  if (leavingTo > logCaps.head) moveOut(tx, { seq, leavingTo, more: lines.filter(isLeaving) });
  for (const one of lines) {
    if (isLeaving(one)) continue;
    tx.db.run(appendSql, seq, one.cursor, attempt, one.at, one.stream, one.line);
  }
  tx.changed();
}

interface Leaving {
  readonly seq: number;
  readonly leavingTo: number;
  /** Those that never were in the tables. */
  readonly more: readonly StoredLogLine[];
}

function moveOut(tx: Transaction, { seq, leavingTo, more }: Leaving): void {
  const { db } = tx;
  const kept = db.all<StoredLogLine>(leavingSql, seq, logCaps.head, leavingTo);
  const taskId = db.get<{ id: string }>(taskIdSql, seq)?.id ?? "";
  appendToLongLog({ databasePath: db.path, taskId }, [...kept, ...more]);
  db.run(dropSql, seq, logCaps.head, leavingTo);
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

const tailBeginSql =
  "select min(cursor) as cursor from task_logs where task_seq = ? and cursor > ?";

export function logsOf(db: Connection, params: LogsParams): LogPage {
  const { taskId, after, before, limit } = params;
  const { seq } = getTaskRow(db, taskId);
  const tailBegin = db.get<{ cursor: number | null }>(tailBeginSql, seq, logCaps.head)?.cursor ?? 0;
  const middle = {
    after: Math.max(after, logCaps.head),
    before: Math.min(before ?? tailBegin, tailBegin),
    limit,
  };
  const isInMiddle = middle.before - middle.after > 1;
  const address = { databasePath: db.path, taskId };
  if (before === undefined) {
    const rows = db.all<StoredLogLine>(pageSql, seq, after, limit);
    const isEnough = rows.length === limit && (rows.at(-1)?.cursor ?? 0) <= logCaps.head;
    const more = isInMiddle && !isEnough ? firstOfLongLog(address, middle) : [];
    const lines = inOrder(rows, more).slice(0, limit);
    const last = lines.at(-1)?.cursor ?? after;
    return { lines, dropped: last - after - lines.length };
  }
  const rows = db.all<StoredLogLine>(pageBeforeSql, seq, after, before, limit);
  const isEnough = rows.length === limit && (rows[0]?.cursor ?? 0) >= tailBegin;
  const more = isInMiddle && !isEnough ? lastOfLongLog(address, middle) : [];
  const end = (db.get<{ cursor: number | null }>(lastCursorSql, seq)?.cursor ?? 0) + 1;
  return pageBefore(inOrder(rows, more).slice(-limit), Math.min(before, end));
}

function inOrder(
  rows: readonly StoredLogLine[],
  more: readonly StoredLogLine[],
): readonly StoredLogLine[] {
  const plain = rows.map((row) => ({ ...row }));
  return more.length === 0 ? plain : [...plain, ...more].sort((a, b) => a.cursor - b.cursor);
}

/** Dropped are those between the first of the lines and the cursor. */
function pageBefore(lines: readonly StoredLogLine[], before: number): LogPage {
  const first = lines[0];
  return { lines, dropped: first === undefined ? 0 : before - first.cursor - lines.length };
}
