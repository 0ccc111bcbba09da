import type { CountTasksParams, TaskCount } from "../task-store.ts";
import type { Connection } from "./connection.ts";

/** Each part is counted in an index of its own; only the first row of each group is read. */
const parts = [
  "tasks_due_in_session where state = 'pending' and ready = 1 and session_id",
  "tasks_waiting_in_session where state = 'pending' and ready = 0 and session_id",
  "tasks_blocked where state = 'blocked' and session_id",
  "tasks_running where state = 'running' and session_id",
  "tasks_ended where ended_at is not null and session_id",
];

function countSql(sources: readonly string[]): string {
  const counts = sources.map(
    (source) => `
      select   type, queue, state, count(*) as count, min(seq) as first
      from     tasks indexed by ${source}
      group by state, type, queue`,
  );
  return `
    select   counts.type, counts.queue, counts.state, sum(counts.count) as count,
             min(tasks.created_at) as oldest
    from     (${counts.join(" union all ")}) as counts
    join     tasks on tasks.seq = counts.first
    group by counts.state, counts.type, counts.queue`;
}

const ofSessionSql = countSql(parts.map((part) => `${part} = ?1`));
const allSql = countSql(
  parts.map((part) => part.replace("_in_session", "").replace(" and session_id", "")),
);

export function countTasks(db: Connection, { sessionId }: CountTasksParams): TaskCount[] {
  const rows =
    sessionId === undefined
      ? db.all<TaskCount>(allSql)
      : db.all<TaskCount>(ofSessionSql, sessionId);
  return rows.map((row) => ({ ...row }));
}
