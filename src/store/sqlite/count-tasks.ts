import { taskStates } from "../../domain/task-state.ts";
import type { CountTasksParams, TaskCount } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { sourcesOf } from "./task-sources.ts";

/** Counts in indexes; of the rows themselves only the first of each group is read. */
function countSql(inSession: boolean): string {
  const counts = taskStates
    .flatMap((state) => sourcesOf(state, { inSession }))
    .map(
      ({ index, condition }) => `
        select   type, queue, state, count(*) as count, min(seq) as first
        from     tasks indexed by ${index}
        where    ${condition}
        group by type, queue`,
    );
  return `
    select   counts.type, counts.queue, counts.state, sum(counts.count) as count,
             min(tasks.created_at) as oldest
    from     (${counts.join(" union all ")}) as counts
    join     tasks on tasks.seq = counts.first
    group by counts.state, counts.type, counts.queue`;
}

const allSql = countSql(false);
const ofSessionSql = countSql(true);

export function countTasks(db: Connection, { sessionId }: CountTasksParams): TaskCount[] {
  const rows =
    sessionId === undefined
      ? db.all<TaskCount>(allSql)
      : db.allNamed<TaskCount>(ofSessionSql, { sessionId });
  return rows.map((row) => ({ ...row }));
}
