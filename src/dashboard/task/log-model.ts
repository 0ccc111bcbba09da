import type { StoredLogLine } from "../../store/task-store.ts";

/** A stretch of a task's log. */
export interface LogModel {
  readonly taskId: string;
  readonly lines: readonly StoredLogLine[];
  /** The line before the stretch, of those that are kept; 0 when there is none. */
  readonly after: number;
  /** Earlier lines are there. */
  readonly hasEarlier: boolean;
  /** Later lines are there, which the stretch does not reach. */
  readonly hasLater: boolean;
  /** Only lines with this in them. */
  readonly find?: string;
  /** There are more with it in them than are shown. */
  readonly hasMoreFound?: boolean;
  /** When each attempt began, by its number: lines are timed from there. */
  readonly startedAt: Readonly<Record<number, number>>;
  /** More may come. */
  readonly isOpen: boolean;
}
