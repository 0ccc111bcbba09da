import { type EventType, type LoggedEvent, poolEventTypes } from "../../domain/event.ts";
import type { ChangeTopic } from "./feed.ts";

const ofWorkers: readonly EventType[] = [
  ...poolEventTypes,
  "supervisor_started",
  "supervisor_stopped",
  "orphan_ended",
];
const ofTasks: readonly EventType[] = ["queue_paused", "queue_resumed", "session_ended"];

/** Whatever a page may show that an event of these has changed. */
export function topicsOf(events: readonly LoggedEvent[]): Set<ChangeTopic> {
  const topics = new Set<ChangeTopic>();
  for (const { type, taskId, workerId } of events) {
    topics.add("events");
    if (type === "audit") {
      if (taskId !== undefined) topics.add(`task:${taskId}`);
      if (workerId !== undefined) topics.add(`worker:${workerId}`);
      continue;
    }
    topics.add("overview");
    if (taskId !== undefined) topics.add("tasks").add(`task:${taskId}`);
    if (workerId !== undefined) topics.add("workers").add(`worker:${workerId}`);
    if (ofWorkers.includes(type)) topics.add("workers");
    if (ofTasks.includes(type)) topics.add("tasks");
  }
  return topics;
}
