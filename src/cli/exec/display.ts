import type { LoggedEvent } from "../../domain/event.ts";
import type { Task } from "../../domain/task.ts";
import type { RunProgress } from "../progress/run-progress.ts";
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

export interface RunSummary {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly tookMs: number;
  readonly exitCode: number;
}
