import type { Task } from "../../domain/task.ts";
import {
  finalTaskStates,
  openTaskStates,
  type TaskState,
  taskStates,
} from "../../domain/task-state.ts";
import { title } from "../../domain/task-words.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { shorten } from "../present/width.ts";
import { cleaned } from "../terminal.ts";

const taskLists = {
  tasks: taskStates,
  "open-tasks": openTaskStates,
  "failed-tasks": ["failed", "cancelled"],
  "ended-tasks": finalTaskStates,
} as const satisfies Record<string, readonly TaskState[]>;

export const listNames = [
  "tasks",
  "open-tasks",
  "failed-tasks",
  "ended-tasks",
  "workers",
  "all-workers",
] as const;
export type ListName = (typeof listNames)[number];

const most = 100;

export interface ListIdsParams {
  readonly store: TaskStore;
  readonly list: ListName;
  /** What has been typed of it. */
  readonly prefix: string;
}

/** Ids and what they are, for the shell that completes them. */
export async function listIds({ store, list, prefix }: ListIdsParams): Promise<string[]> {
  if (list === "workers" || list === "all-workers") {
    const states = list === "workers" ? { states: liveWorkerStates } : {};
    const workers = await store.listWorkers({ idPrefix: prefix, ...states });
    return workers.slice(0, most).map(({ id, state, type }) => `${id}\t${state} ${type}`);
  }
  const states = taskLists[list];
  const { items } = await store.listTasks({ states, idPrefix: prefix, limit: most });
  return items.map((task) => `${task.id}\t${describe(task)}`);
}

function describe(task: Task): string {
  return cleaned(shorten(`${task.state} ${title(task)}`.replaceAll(/\s+/g, " "), 60));
}
