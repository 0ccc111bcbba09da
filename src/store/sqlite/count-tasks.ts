import type { CountTasksParams, TaskCount } from "../task-store.ts";
import type { Connection } from "./connection.ts";

/** Counts in an index; of the rows themselves only the first of each group is read. */
function countSql(condition: string): string {
  return `
    select groups.type, groups.queue, groups.state, groups.count, tasks.created_at as oldest
    from (
      select   type, queue, state, count(*) as count, min(seq) as first
      from     tasks
      ${condition}
      group by state, type, queue
    ) as groups
    join tasks on tasks.seq = groups.first`;
}

const allSql = countSql("");
const ofSessionSql = countSql("where session_id = ?");

export function countTasks(db: Connection, { sessionId }: CountTasksParams): TaskCount[] {
  const rows =
    sessionId === undefined
      ? db.all<TaskCount>(allSql)
      : db.all<TaskCount>(ofSessionSql, sessionId);
  return rows.map((row) => ({ ...row }));
}
