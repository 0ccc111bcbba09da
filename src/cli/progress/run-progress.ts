import type { Task } from "../../domain/task.ts";

/** How far several tasks have come. */
export interface RunProgress {
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  readonly tookMs: number;
  readonly types: readonly TypeProgress[];
  /** Of the only task, or of the only one that runs. */
  readonly running?: Task;
}

/** Spec 1's REQ-8.4. */
export interface TypeProgress {
  readonly type: string;
  readonly workers: { readonly starting: number; readonly idle: number; readonly busy: number };
  /** Tasks that wait. */
  readonly queued: number;
  /** Of those that have ended; absent before the first. */
  readonly averageMs?: number;
}
