import type { LoggedEvent, NewEvent } from "../../domain/event.ts";
import { localTime } from "./time.ts";

/** `2026-03-01 14:05:09 #12 worker_failed direct-command-0-1a2b3c4d: it was ended by SIGKILL` */
export function eventLine(event: LoggedEvent): string {
  return `${localTime(event.at)} #${event.cursor} ${eventWords(event)}`;
}

export function eventWords({ type, workerId, workerType, taskId, message }: NewEvent): string {
  const whom = [taskId, workerId].filter(Boolean).join(" ") || workerType || "";
  const what = workerId && message?.startsWith(workerId) ? message.slice(workerId.length) : message;
  const words = what?.replace(/^[:,]? */, "");
  return `${type}${whom && ` ${whom}`}${words ? `: ${words}` : ""}`;
}
