import type { Task } from "../../domain/task.ts";
import { title } from "../../domain/task-words.ts";
import { redact } from "../task/redact.ts";

/** What a task is about, without the secrets of its payload. */
export function shownTitle(task: Task): string {
  return task.title ?? title({ ...task, payload: redact(task.payload) });
}

export function taskAddress(id: string, more = ""): string {
  return `/tasks/${encodeURIComponent(id)}${more}`;
}
