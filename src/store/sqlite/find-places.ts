import { finalTaskStates, type TaskState, taskStates } from "../../domain/task-state.ts";
import type { ListTasksParams, TaskFilter } from "../task-store.ts";
import { type Condition, valuesOf, whereOf } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { indexedConditions, narrowConditions, statesCondition } from "./task-filter.ts";
import { sourcesOf } from "./task-sources.ts";

export type TaskOrder = NonNullable<ListTasksParams["order"]>;

/** Where a task stands in a list. */
export interface Place {
  readonly seq: number;
  readonly ended_at: number | null;
}

export interface PlacesWanted {
  readonly filter: TaskFilter;
  readonly order: TaskOrder;
  /** Only what comes after it. */
  readonly after?: Place | undefined;
  readonly limit: number;
}

export const inOrder: Record<TaskOrder, string> = {
  newest: "seq desc",
  oldest: "seq",
  ended: "ended_at desc, seq desc",
};

/**
 * The first tasks that fit what indexes can answer; no row of any other task is read.
 *
 * To sort out the newest few is twice as fast when they come first; the limit of the inner
 * queries keeps their order.
 */
export function findPlaces(db: Connection, wanted: PlacesWanted): Place[] {
  const conditions = [...indexedConditions(wanted.filter), ...afterConditions(wanted)];
  const parts = partsOf(wanted.filter, wanted.order);
  if (parts.length === 0) return [];
  const selects = parts.map(({ from, where, hasEnded, backwards }) => {
    const endedAt = hasEnded ? "ended_at" : "null as ended_at"; // not in the other indexes
    const select = `select seq, ${endedAt} from ${from} ${whereOf([...where, ...conditions])}`;
    return wanted.order === "newest" && backwards !== undefined
      ? `select * from (${select} order by ${backwards} limit -1)`
      : select;
  });
  const sql = `
    select   seq, ended_at
    from     (${selects.join(" union all ")})
    order by ${inOrder[wanted.order]}
    limit    :limit`;
  const values = valuesOf([...parts.flatMap(({ where }) => where), ...conditions]);
  return db.allNamed<Place>(sql, { ...values, limit: wanted.limit });
}

export function afterConditions({ after, order }: Omit<PlacesWanted, "limit">): Condition[] {
  if (after === undefined) return [];
  const { seq, ended_at } = after;
  switch (order) {
    case "newest":
      return [{ sql: "+seq < :afterSeq", values: { afterSeq: seq } }];
    case "oldest":
      return [{ sql: "+seq > :afterSeq", values: { afterSeq: seq } }];
    case "ended": {
      const sql = "ended_at <= :afterEnd and (ended_at < :afterEnd or seq < :afterSeq)";
      return [{ sql, values: { afterEnd: ended_at, afterSeq: seq } }];
    }
  }
}

interface Part {
  readonly from: string;
  readonly where: readonly Condition[];
  readonly hasEnded: boolean;
  readonly backwards?: string;
}

/** Parts of the tasks, which together have all that may fit. */
export function partsOf(filter: TaskFilter, order: TaskOrder): Part[] {
  const states = wantedStates(filter, order);
  const narrow = narrowConditions(filter);
  if (narrow.length > 0) {
    return [{ from: "tasks", where: [...narrow, ...statesCondition(states)], hasEnded: true }];
  }
  return states
    .flatMap((state) => sourcesOf(state, { inSession: filter.sessionId !== undefined }))
    .map(({ index, condition, hasEnded, backwards }) => ({
      hasEnded,
      from: `tasks indexed by ${index}`,
      where: [{ sql: condition }],
      ...(backwards !== undefined && { backwards }),
    }));
}

export function wantedStates({ states }: TaskFilter, order: TaskOrder): TaskState[] {
  const possible: readonly TaskState[] = order === "ended" ? finalTaskStates : taskStates;
  return possible.filter((state) => states?.includes(state) ?? true);
}
