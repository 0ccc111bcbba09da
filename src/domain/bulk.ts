export const bulkActions = ["cancel", "retry", "delete"] as const;

export type BulkAction = (typeof bulkActions)[number];

/** What would happen. */
export interface BulkPreview {
  readonly action: BulkAction;
  /** Tasks that it would be done to. */
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

/** One piece of work on many tasks. */
export interface BulkStanding {
  readonly id: string;
  readonly action: BulkAction;
  /** Which tasks, for people. */
  readonly selection: string;
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly state: "running" | "done" | "stopped" | "failed";
  /** What was to be expected at the start. */
  readonly expected: BulkPreview;
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  readonly reasons: readonly SkipReason[];
  /** The first that failed. */
  readonly errors: readonly { readonly taskId: string; readonly message: string }[];
  /** Why it could not go on. */
  readonly message?: string;
}
