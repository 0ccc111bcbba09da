import { type TaskState, taskStates } from "../../domain/task-state.ts";
import type { CountTasksParams, TaskCount } from "../task-store.ts";
import type { Connection } from "./connection.ts";
import { sourcesOf } from "./task-sources.ts";

/** Counts in indexes; of the rows themselves only the first of each group is read. */
function countSql(states: readonly TaskState[], inSession: boolean): string {
  const counts = states
    .flatMap((state) => sourcesOf(state, { inSession }))
    .map(
      ({ index, condition, isTimed }) => `
        select   type, queue, state, count(*) as count, min(seq) as first,
                 ${isTimed ? "min(run_at)" : "null"} as due
        from     tasks indexed by ${index}
        where    ${condition}
        group by type, queue`,
    );
  return `
    select   counts.type, counts.queue, counts.state, sum(counts.count) as count,
             min(tasks.created_at) as oldest,
             min(coalesce(counts.due, max(tasks.created_at, coalesce(tasks.run_at, 0)))) as dueAt
    from     (${counts.join(" union all ")}) as counts
    join     tasks on tasks.seq = counts.first
    group by counts.state, counts.type, counts.queue`;
}

export function countTasks(db: Connection, params: CountTasksParams): TaskCount[] {
  const { sessionId, states = taskStates } = params;
  const wanted = taskStates.filter((state) => states.includes(state));
  if (wanted.length === 0) return [];
  const sql = countSql(wanted, sessionId !== undefined);
  const rows = db.allNamed<TaskCount>(sql, sessionId === undefined ? {} : { sessionId });
  return rows.map((row) => ({ ...row }));
}
