import type { StoredLogLine } from "../../store/task-store.ts";

/** A stretch of a task's log. */
export interface LogModel {
  readonly taskId: string;
  readonly lines: readonly StoredLogLine[];
  /** The last line before the stretch that its reader has; 0 when it is the beginning. */
  readonly after: number;
  /** Earlier lines are there. */
  readonly hasEarlier: boolean;
  /** Only lines with this in them. */
  readonly find?: string;
  /** When each attempt began, by its number: lines are timed from there. */
  readonly startedAt: Readonly<Record<number, number>>;
  /** More may come. */
  readonly isOpen: boolean;
}
