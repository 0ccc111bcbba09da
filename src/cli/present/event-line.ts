import type { LoggedEvent, NewEvent } from "../../domain/event.ts";
import { tellsOnlyTaken } from "../../domain/taken-ahead.ts";
import { localTime, span } from "../../domain/time-words.ts";

/** `2026-03-01 14:05:09 #12 worker_failed direct-command-0-1a2b3c4d: it was ended by SIGKILL` */
export function eventLine(event: LoggedEvent): string {
  return `${localTime(event.at)} #${event.cursor} ${eventWords(event)}`;
}

export function eventWords(event: NewEvent): string {
  const { type, workerId, workerType, taskId, message } = event;
  const whom = [taskId, workerId].filter(Boolean).join(" ") || workerType || "";
  const what = workerId && message?.startsWith(workerId) ? message.slice(workerId.length) : message;
  const words = what?.replace(/^[:,]? */, "");
  const told = `${type}${whom && ` ${whom}`}${words ? `: ${words}` : ""}`;
  return `${told}${workerFacts(event)}${tellsOnlyTaken(event) ? " (before it began)" : ""}`;
}

/** Where a worker comes from when it starts, and what it did when it ends. */
function workerFacts({ type, workerType, mode, data = {} }: NewEvent): string {
  if (type === "worker_starting") {
    return ` (${[workerType, mode, `configuration: ${data.configSource}`].join(", ")})`;
  }
  if (type !== "worker_stopped" && type !== "worker_failed") return "";
  const { tasksCompleted = 0, tasksFailed = 0, uptimeMs = 0 } = data;
  const tasks = Number(tasksCompleted) + Number(tasksFailed);
  return ` (${tasks} ${tasks === 1 ? "task" : "tasks"} processed, up ${span(Number(uptimeMs))})`;
}
