import type { LoggedEvent } from "../domain/event.ts";
import type { Attempt, Task } from "../domain/task.ts";
import type { Worker } from "../domain/worker.ts";
import type { Overview } from "../overview/overview.ts";
import type { StoredLogLine } from "../store/task-store.ts";
import type { Size } from "./terminal/line.ts";

/** Everything that the screen shows. Keys and news from the store make a new one of it. */
export interface MonitorState {
  /** The clock of the last look at it. */
  readonly now: number;
  readonly size: Size;
  readonly readOnly: boolean;
  readonly seen?: Seen;
  /** Why the store cannot be read now; what is shown is as old as `seen`. */
  readonly trouble?: string;
  readonly pane: PaneName;
  readonly lists: Readonly<Record<PaneName, ListState>>;
  /** What was opened from the list, the last one on top. */
  readonly opened: readonly Opened[];
  readonly isHelpShown: boolean;
  readonly prompt?: Prompt;
  /** The answer to the last key. */
  readonly message?: string;
}

export const paneNames = ["tasks", "workers", "types"] as const;
export type PaneName = (typeof paneNames)[number];

/** What was read from the store for the list. */
export interface Seen {
  readonly overview: Overview;
  /** Some of those that have ended: the failed ones, then the others, each the last first. */
  readonly ended: readonly Task[];
}

export interface ListState {
  /** Stays with the row, wherever it moves; absent until somebody has moved. */
  readonly selectedId?: string;
  /** Where it was last, for when it is gone. */
  readonly selectedAt: number;
  /** The first row that is shown. */
  readonly top: number;
  readonly sortedBy: number;
  readonly filter: string;
  readonly marked: ReadonlySet<string>;
}

export type Opened = OpenedTask | OpenedWorker;

export interface OpenedTask {
  readonly kind: "task";
  readonly id: string;
  readonly story?: TaskStory;
  /** The log has all of the screen. */
  readonly isLogOnly: boolean;
  /** Cursor of the first line of the log that is shown; absent while it follows the end. */
  readonly logTop?: number;
}

export interface TaskStory {
  readonly task: Task;
  readonly attempts: readonly Attempt[];
  readonly waitsBecause?: string;
  readonly log: readonly StoredLogLine[];
}

export interface OpenedWorker {
  readonly kind: "worker";
  readonly id: string;
  readonly story?: WorkerStory;
  readonly top: number;
}

export interface WorkerStory {
  readonly worker: Worker;
  readonly tasks: readonly Task[];
  /** The last first. */
  readonly events: readonly LoggedEvent[];
}

export type Prompt =
  | { readonly kind: "confirm"; readonly question: string; readonly act: Act }
  | { readonly kind: "filter"; readonly before: string };

export const actionNames = ["drain", "abort", "cancel", "retry"] as const;
export type ActionName = (typeof actionNames)[number];

export interface Act {
  readonly action: ActionName;
  readonly ids: readonly string[];
}

export function firstState(params: Pick<MonitorState, "now" | "size" | "readOnly">): MonitorState {
  const list: ListState = {
    selectedAt: 0,
    top: 0,
    sortedBy: 0,
    filter: "",
    marked: new Set(),
  };
  return {
    ...params,
    pane: "tasks",
    lists: { tasks: list, workers: list, types: list },
    opened: [],
    isHelpShown: false,
  };
}

/** The view on top, if the list is not it. */
export function openedOf({ opened }: MonitorState): Opened | undefined {
  return opened.at(-1);
}

export function withOpened(state: MonitorState, opened: Opened): MonitorState {
  return { ...state, opened: [...state.opened.slice(0, -1), opened] };
}

export function withList(state: MonitorState, change: Partial<ListState>): MonitorState {
  const list = { ...state.lists[state.pane], ...change };
  return { ...state, lists: { ...state.lists, [state.pane]: list } };
}
