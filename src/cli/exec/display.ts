import type { LoggedEvent } from "../../domain/event.ts";
import type { Task } from "../../domain/task.ts";
import type { LogPiece } from "../tasks/log-reader.ts";

/** What a run shows while it goes on. Tasks are numbered from 1. */
export interface RunDisplay {
  log(number: number, piece: LogPiece): void;
  taskStarted(number: number, task: Task): void;
  /** It runs again, and why. */
  taskAgain(number: number, reason: string): void;
  taskEnded(number: number, task: Task): void;
  worker(event: LoggedEvent): void;
  /** How things stand; called often. */
  progress(progress: RunProgress): void;
  summary(summary: RunSummary): void;
}

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
  /** Tasks of the run that wait. */
  readonly queued: number;
  /** Of the tasks of the run that have ended; absent before the first. */
  readonly averageMs?: number;
}

export interface RunSummary {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly tookMs: number;
  readonly exitCode: number;
}
