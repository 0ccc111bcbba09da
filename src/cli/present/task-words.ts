import type { Task } from "../../domain/task.ts";
import type { TaskState } from "../../domain/task-state.ts";
import { progressWords, title } from "../../domain/task-words.ts";
import { span } from "../../domain/time-words.ts";
import type { WorkerState } from "../../domain/worker-state.ts";
import type { Colour } from "../terminal.ts";

const colours: Partial<Record<TaskState | WorkerState, Colour>> = {
  running: "blue",
  busy: "blue",
  completed: "green",
  failed: "red",
  hung: "red",
  cancelled: "grey",
  dead: "grey",
  draining: "yellow",
  blocked: "yellow",
};

export function stateColour({ state }: { state: TaskState | WorkerState }): Colour | undefined {
  return colours[state];
}

/** The one thing worth saying about a task in a list. */
export function remark(task: Task, now: number): string {
  if (task.state === "failed" && task.failure) return task.failure.message;
  if (task.state === "cancelled") return task.cancelReason ?? title(task);
  if (task.state === "running" && task.progress) return progressWords(task);
  if (task.state === "pending" && (task.runAt ?? 0) > now) {
    return `due in ${span((task.runAt ?? 0) - now)}: ${title(task)}`;
  }
  return title(task);
}
