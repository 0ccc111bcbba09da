import { chooseFor } from "./acts.ts";
import { layoutList } from "./layout.ts";
import { firstLogLine, logHeight } from "./log-place.ts";
import { orders, rowsOf, selectedIn, selectedRow } from "./rows.ts";
import {
  type Act,
  type ActionName,
  type MonitorState,
  type Opened,
  type OpenedTask,
  type OpenedWorker,
  openedOf,
  type Prompt,
  paneNames,
  withList,
  withOpened,
} from "./state.ts";
import type { Key } from "./terminal/keys.ts";

/** What the monitor itself cannot do with a new state alone. */
export type Wish =
  | { readonly kind: "act"; readonly act: Act }
  | { readonly kind: "quit"; readonly exitCode: number }
  | { readonly kind: "suspend" }
  | { readonly kind: "redraw" }
  | { readonly kind: "plain_log"; readonly taskId: string };

export interface Pressed {
  readonly state: MonitorState;
  readonly wish?: Wish;
}

const synonyms: Readonly<Record<Key, Key>> = {
  k: "up",
  j: "down",
  h: "left",
  l: "right",
  g: "home",
  G: "end",
  "ctrl-b": "pageup",
  "ctrl-f": "pagedown",
};

const actions: Readonly<Record<Key, ActionName>> = {
  d: "drain",
  a: "abort",
  c: "cancel",
  r: "retry",
};

/** What a key makes of the state. */
export function press(before: MonitorState, key: Key): Pressed {
  const { message: _, ...state } = before;
  if (key === "ctrl-c") return { state, wish: { kind: "quit", exitCode: 130 } };
  if (key === "ctrl-z") return { state, wish: { kind: "suspend" } };
  if (key === "ctrl-l") return { state, wish: { kind: "redraw" } };
  if (state.prompt) return answer(state, state.prompt, key);
  if (key === "q") return { state, wish: { kind: "quit", exitCode: 0 } };
  if (state.isHelpShown) return { state: { ...state, isHelpShown: false } };
  if (key === "?") return { state: { ...state, isHelpShown: true } };
  const action = actions[key];
  if (action) return begin(state, action);
  const meant = synonyms[key] ?? key;
  const opened = openedOf(state);
  if (opened === undefined) return inList(state, meant);
  return opened.kind === "task" ? inTask(state, opened, meant) : inWorker(state, opened, meant);
}

function begin(state: MonitorState, action: ActionName): Pressed {
  const choice = chooseFor(action, state);
  if (choice.kind === "nothing") return { state: { ...state, message: choice.why } };
  const act = { action, ids: choice.ids };
  if (choice.question === undefined) return { state, wish: { kind: "act", act } };
  return { state: { ...state, prompt: { kind: "confirm", question: choice.question, act } } };
}

function answer({ prompt: _, ...state }: MonitorState, prompt: Prompt, key: Key): Pressed {
  if (prompt.kind === "filter") return { state: typeFilter(state, prompt, key) };
  if (key !== "y" && key !== "Y") return { state: { ...state, message: "nothing was done" } };
  return {
    state: withList(state, { marked: new Set() }),
    wish: { kind: "act", act: prompt.act },
  };
}

function typeFilter(
  state: MonitorState,
  prompt: Extract<Prompt, { kind: "filter" }>,
  key: Key,
): MonitorState {
  const { filter } = state.lists[state.pane];
  if (key === "enter") return state;
  if (key === "escape") return withList(state, { filter: prompt.before });
  const typed = key === "backspace" ? filter.slice(0, -1) : filter + textOf(key);
  return { ...withList(state, { filter: typed, top: 0 }), prompt };
}

function textOf(key: Key): string {
  return key.length <= 2 && key >= " " ? key : "";
}

function inList(state: MonitorState, key: Key): Pressed {
  const list = state.lists[state.pane];
  if (key === "tab") return { state: turnPane(state, 1) };
  if (key === "backtab") return { state: turnPane(state, -1) };
  if (key === "enter") return { state: openSelected(state, false) };
  if (key === "right") return { state: openSelected(state, true) };
  if (key === "o") return plainLog(state, selectedRow(state)?.task?.id);
  if (key === " ") return { state: moveBy(toggleMark(state), 1) };
  if (key === "s") return { state: nextOrder(state) };
  if (key === "/") return { state: { ...state, prompt: { kind: "filter", before: list.filter } } };
  if (key === "escape" || key === "left") return { state: clear(state) };
  return { state: moveBy(state, stepOf(key, layoutList(state.size).table)) };
}

function stepOf(key: Key, page: number): number {
  const steps: Record<Key, number> = {
    up: -1,
    down: 1,
    pageup: -page,
    pagedown: page,
    home: Number.NEGATIVE_INFINITY,
    end: Number.POSITIVE_INFINITY,
  };
  return steps[key] ?? 0;
}

function turnPane(state: MonitorState, by: number): MonitorState {
  const at = paneNames.indexOf(state.pane) + by + paneNames.length;
  return { ...state, pane: paneNames[at % paneNames.length] ?? "tasks" };
}

function nextOrder(state: MonitorState): MonitorState {
  const { sortedBy } = state.lists[state.pane];
  return withList(state, { sortedBy: (sortedBy + 1) % orders[state.pane].length });
}

/** The filter first, then all else: marks, and the chosen row. */
function clear(state: MonitorState): MonitorState {
  const { selectedId: _, ...list } = state.lists[state.pane];
  if (list.filter !== "") return withList(state, { filter: "" });
  const cleared = { ...list, marked: new Set<string>(), selectedAt: 0, top: 0 };
  return { ...state, lists: { ...state.lists, [state.pane]: cleared } };
}

function toggleMark(state: MonitorState): MonitorState {
  const row = selectedRow(state);
  if (row === undefined) return state;
  const marked = new Set(state.lists[state.pane].marked);
  if (!marked.delete(row.id)) marked.add(row.id);
  return withList(state, { marked });
}

function moveBy(state: MonitorState, step: number): MonitorState {
  const rows = rowsOf(state);
  const at = selectedIn(rows, state.lists[state.pane]) + step;
  const selectedAt = Math.max(0, Math.min(at, rows.length - 1));
  const selectedId = rows[selectedAt]?.id;
  return withList(state, { selectedAt, ...(selectedId !== undefined && { selectedId }) });
}

function openSelected(state: MonitorState, isLogOnly: boolean): MonitorState {
  const row = selectedRow(state);
  if (row?.worker) return isLogOnly ? logOfWorker(state, row.id) : openWorker(state, row.id);
  if (row?.task) return open(state, { kind: "task", id: row.id, isLogOnly });
  if (row?.type) return filterTasks(state, row.id);
  return state;
}

function logOfWorker(state: MonitorState, workerId: string): MonitorState {
  const seen = state.seen?.overview.workers.find(({ worker }) => worker.id === workerId);
  const [taskId] = seen?.worker.taskIds ?? [];
  if (taskId === undefined) return { ...state, message: `${workerId} runs no task now` };
  return open(state, { kind: "task", id: taskId, isLogOnly: true });
}

function openWorker(state: MonitorState, id: string): MonitorState {
  return open(state, { kind: "worker", id, top: 0 });
}

function filterTasks(state: MonitorState, type: string): MonitorState {
  return withList({ ...state, pane: "tasks" }, { filter: type, top: 0 });
}

/** What was opened before and is opened again comes on top; nothing is twice on the way back. */
function open(state: MonitorState, opened: Opened): MonitorState {
  const others = state.opened.filter(({ id }) => id !== opened.id);
  return { ...state, opened: [...others, opened] };
}

function back(state: MonitorState): MonitorState {
  return { ...state, opened: state.opened.slice(0, -1) };
}

function plainLog(state: MonitorState, taskId: string | undefined): Pressed {
  return taskId === undefined ? { state } : { state, wish: { kind: "plain_log", taskId } };
}

function inTask(state: MonitorState, opened: OpenedTask, key: Key): Pressed {
  if (key === "escape" || key === "left") return { state: back(state) };
  if (key === "right") {
    return { state: withOpened(state, { ...opened, isLogOnly: !opened.isLogOnly }) };
  }
  if (key === "o") return plainLog(state, opened.id);
  const workerId = opened.story?.task.workerId;
  if (key === "enter" && workerId !== undefined) return { state: openWorker(state, workerId) };
  const step = stepOf(key, logHeight(state, opened));
  return { state: step === 0 ? state : withOpened(state, scrollLog(state, opened, step)) };
}

/** Scrolled to its end, the log is followed again. */
function scrollLog(state: MonitorState, opened: OpenedTask, step: number): OpenedTask {
  const { logTop: _, ...following } = opened;
  const log = opened.story?.log ?? [];
  const top = Math.max(0, firstLogLine(state, opened) + step);
  const cursor = log[top]?.cursor;
  const isAtEnd = top >= log.length - logHeight(state, opened);
  return isAtEnd || cursor === undefined ? following : { ...following, logTop: cursor };
}

function inWorker(state: MonitorState, opened: OpenedWorker, key: Key): Pressed {
  if (key === "escape" || key === "left") return { state: back(state) };
  const taskId = opened.story?.worker.taskIds[0];
  if ((key === "enter" || key === "right") && taskId !== undefined) {
    return { state: open(state, { kind: "task", id: taskId, isLogOnly: key === "right" }) };
  }
  if (key === "o") return plainLog(state, taskId);
  const step = stepOf(key, state.size.rows - 4);
  const last = Math.max(0, (opened.story?.events.length ?? 0) - 1);
  const top = Math.max(0, Math.min(opened.top + step, last));
  return { state: withOpened(state, { ...opened, top }) };
}
