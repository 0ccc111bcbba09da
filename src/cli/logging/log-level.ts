import type { EventType } from "../../domain/event.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

const levels: Partial<Record<EventType, LogLevel>> = {
  worker_failed: "error",
  pool_gave_up: "error",
  worker_hung: "warn",
  worker_aborted: "warn",
  worker_restart_scheduled: "warn",
  admission_refused: "warn",
  orphan_ended: "warn",
  task_failed: "warn",
  task_requeued: "warn",
  task_submitted: "debug",
  task_started: "debug",
  task_unblocked: "debug",
  worker_registered: "debug",
  audit: "debug",
};

/** @param tasks how much it matters that a task ended well: news here, noise in a log of months */
export function levelOf(type: EventType, tasks: LogLevel): LogLevel {
  return levels[type] ?? (type.startsWith("task_") ? tasks : "info");
}

export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(least);
}
