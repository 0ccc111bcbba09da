import {
  filterOf,
  parseTasksQuery,
  type TasksQuery,
} from "../../../dashboard/tasks/tasks-query.ts";
import { ClxError } from "../../../domain/errors.ts";
import type { Selection } from "../../bulk/selection.ts";

/** What the form around the rows says: which action, which rows, and the filter they stand under. */
export interface BulkWish {
  readonly action: string;
  readonly id?: readonly string[] | undefined;
  readonly all?: string | undefined;
  readonly [field: string]: unknown;
}

const filterPrefix = "filter.";

/** The list in which the rows were ticked. */
export function tasksQueryOf(wish: BulkWish): TasksQuery {
  return parseTasksQuery(
    new URLSearchParams(
      filterFields(wish).map(([name, value]) => [name.slice(filterPrefix.length), value]),
    ),
  );
}

/** @throws ClxError `invalid_value` when nothing is ticked */
export function selectionOf(wish: BulkWish, now: number): Selection {
  if (wish.all === "1") return { kind: "filter", filter: filterOf(tasksQueryOf(wish), now) };
  const { id: ids = [] } = wish;
  if (ids.length > 0) return { kind: "ids", ids };
  throw new ClxError("invalid_value", "no task is ticked; tick some, or select all that match");
}

/** What the question sends on; the ticked rows do not matter beside all that match. */
export function fieldsOf(wish: BulkWish): (readonly [string, string])[] {
  const which =
    wish.all === "1" ? [["all", "1"] as const] : (wish.id ?? []).map((id) => ["id", id] as const);
  return [["action", wish.action], ...which, ...filterFields(wish)];
}

function filterFields(wish: BulkWish): [string, string][] {
  return Object.entries(wish).flatMap(([name, value]) =>
    name.startsWith(filterPrefix) && typeof value === "string"
      ? [[name, value] as [string, string]]
      : [],
  );
}
