import type { CountAheadParams } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { findTaskRow } from "./find-task.ts";

/** Each part is a range of an index; what is due and not promoted yet is few. */
function countSql(inSession: boolean): string {
  const suffix = inSession ? "_in_session" : "";
  const scope = `${inSession ? "session_id = :sessionId and " : ""}type = :type and queue = :queue`;
  const due = `tasks indexed by tasks_due${suffix} where ${scope} and state = 'pending' and ready = 1`;
  const waiting = `tasks indexed by tasks_waiting${suffix} where ${scope} and state = 'pending' and ready = 0`;
  return `
    select (select count(*) from ${due} and priority > :priority)
         + (select count(*) from ${due} and priority = :priority and seq < :seq)
         + (select count(*) from ${waiting} and run_at <= :now
            and (priority > :priority or (priority = :priority and seq < :seq))) as ahead`;
}

export const countAheadSql = countSql(false);
export const countAheadInSessionSql = countSql(true);

export function countAhead(db: Connection, { taskId, sessionId, now }: CountAheadParams): number {
  const task = findTaskRow(db, taskId);
  if (task?.state !== "pending") return 0;
  const { type, queue, priority, seq } = task;
  const place = { type, queue, priority, seq, now };
  const [row] =
    sessionId === undefined
      ? db.allNamed<{ ahead: number }>(countAheadSql, place)
      : db.allNamed<{ ahead: number }>(countAheadInSessionSql, { ...place, sessionId });
  return row?.ahead ?? 0;
}
