/** A piece of work on many tasks, as its page and the list of tasks show it. */
export interface BulkStanding {
  readonly id: string;
  readonly action: BulkAction;
  /** Which tasks, for people. */
  readonly selection: string;
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly state: "running" | "done" | "stopped" | "failed";
  readonly expected: BulkPreview;
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  readonly reasons: readonly SkipReason[];
  readonly errors: readonly { readonly taskId: string; readonly message: string }[];
  readonly message?: string;
}

/** What is to be expected of it. */
export interface BulkPreview {
  readonly eligible: number;
  readonly skipped: number;
  readonly reasons: readonly SkipReason[];
  /** There are more than are counted. */
  readonly isAtLeast: boolean;
}

export interface SkipReason {
  readonly reason: string;
  readonly count: number;
}

export type BulkAction = "cancel" | "retry" | "delete";

export const bulkWords = {
  cancel: { verb: "Cancel", doing: "Cancelling", done: "cancelled" },
  retry: { verb: "Retry", doing: "Retrying", done: "put back to run again" },
  delete: { verb: "Delete", doing: "Deleting", done: "deleted" },
} as const satisfies Record<BulkAction, object>;

export function taskCount(count: number, isAtLeast = false): string {
  const words = count.toLocaleString("en-US");
  return `${words}${isAtLeast ? " or more" : ""} ${count === 1 && !isAtLeast ? "task" : "tasks"}`;
}
