import type { BulkStanding } from "../../domain/bulk.ts";
import type { Task } from "../../domain/task.ts";
import type { MatchingCounts } from "../../store/task-store.ts";
import type { Viewer } from "../page.ts";
import type { KnownNames } from "./filters.ts";
import type { TasksQuery } from "./tasks-query.ts";

export interface TasksModel {
  readonly query: TasksQuery;
  readonly viewer: Viewer;
  readonly now: number;
  readonly tasks: readonly Task[];
  readonly next?: string;
  readonly counts: MatchingCounts;
  /** Set when not all tasks were looked through. */
  readonly lookedThrough?: number;
  readonly known: KnownNames;
  /** What runs, or has just ended. */
  readonly bulkWork: readonly BulkStanding[];
  /** With which a form that is sent twice is recognised. Absent from what many are sent. */
  readonly newTaskKey?: string;
}
