import type { Task } from "../domain/task.ts";
import { title } from "../domain/task-words.ts";
import type { SeenWorker, TypeOverview } from "../overview/overview.ts";
import type { ListState, MonitorState, PaneName, Seen } from "./state.ts";

/** A row of the table, whatever it is about. */
export interface Row {
  readonly id: string;
  /** What the filter looks through. */
  readonly words: string;
  readonly task?: Task;
  /** Why the task waits. */
  readonly because?: string;
  readonly worker?: SeenWorker;
  readonly type?: TypeOverview;
}

interface Order {
  readonly name: string;
  compare(a: Row, b: Row): number;
}

/** The ways to sort each pane; `s` goes from one to the next. The first keeps what was read. */
export const orders: Readonly<Record<PaneName, readonly [Order, ...Order[]]>> = {
  tasks: [
    { name: "state", compare: () => 0 },
    { name: "newest", compare: (a, b) => createdAt(b) - createdAt(a) },
    { name: "longest", compare: (a, b) => startedAt(a) - startedAt(b) },
    { name: "type", compare: (a, b) => compareWords(a.task?.type, b.task?.type) },
  ],
  workers: [
    { name: "age", compare: () => 0 },
    { name: "type", compare: (a, b) => compareWords(a.worker?.worker.type, b.worker?.worker.type) },
    { name: "state", compare: (a, b) => compareWords(stateOf(a), stateOf(b)) },
    { name: "memory", compare: (a, b) => memoryOf(b) - memoryOf(a) },
  ],
  types: [
    { name: "name", compare: () => 0 },
    { name: "waiting", compare: (a, b) => waitingOf(b) - waitingOf(a) },
  ],
};

/** The rows of the pane that is shown, as filter and order have them. */
export function rowsOf(state: MonitorState): readonly Row[] {
  if (state.seen === undefined) return [];
  const { filter, sortedBy } = state.lists[state.pane];
  const wanted = filter.toLowerCase();
  const rows = allRows(state.seen, state.pane).filter(({ words }) =>
    words.toLowerCase().includes(wanted),
  );
  const order = orders[state.pane][sortedBy] ?? orders[state.pane][0];
  return rows.toSorted((a, b) => order.compare(a, b));
}

/** How many there are in the store, shown or not. */
export function countOf({ overview, ended }: Seen, pane: PaneName): number {
  if (pane === "workers") return overview.workers.length;
  if (pane === "types") return overview.types.length;
  return overview.runningCount + overview.waitingCount + ended.length;
}

export function selectedIn(rows: readonly Row[], list: ListState): number {
  const at = rows.findIndex(({ id }) => id === list.selectedId);
  return at >= 0 ? at : Math.max(0, Math.min(list.selectedAt, rows.length - 1));
}

export function selectedRow(state: MonitorState): Row | undefined {
  const rows = rowsOf(state);
  return rows[selectedIn(rows, state.lists[state.pane])];
}

function allRows({ overview, ended }: Seen, pane: PaneName): Row[] {
  if (pane === "workers") return overview.workers.map(workerRow);
  if (pane === "types") return overview.types.map(typeRow);
  const open = [
    ...overview.running.map((task) => taskRow(task)),
    ...overview.waiting.map(({ task, because }) => taskRow(task, because)),
  ];
  const openIds = new Set(open.map(({ id }) => id));
  // A task that was retried meanwhile may be read both as ended and as open.
  return [...open, ...ended.filter(({ id }) => !openIds.has(id)).map((task) => taskRow(task))];
}

function taskRow(task: Task, because?: string): Row {
  const { id, type, queue, state, workerId = "", failure } = task;
  const words = [id, type, queue, state, workerId, title(task), failure?.message ?? ""].join(" ");
  return { id, words, task, ...(because !== undefined && { because }) };
}

function workerRow(seen: SeenWorker): Row {
  const { id, type, queue, state, mode, taskIds } = seen.worker;
  const words = [id, type, queue, state, mode, seen.condition, ...taskIds].join(" ");
  return { id, words, worker: seen };
}

function typeRow(type: TypeOverview): Row {
  return { id: type.type, words: [type.type, ...type.queues.map((q) => q.queue)].join(" "), type };
}

function createdAt({ task }: Row): number {
  return task?.createdAt ?? 0;
}

/** Those that have begun come first, those that are about to, then all others. */
function startedAt({ task }: Row): number {
  if (task?.state !== "running") return Number.MAX_SAFE_INTEGER;
  return task.startedAt ?? Number.MAX_SAFE_INTEGER - 1;
}

function stateOf({ worker }: Row): string | undefined {
  return worker?.worker.state;
}

function memoryOf({ worker }: Row): number {
  return worker?.worker.usage?.memory ?? 0;
}

function waitingOf({ type }: Row): number {
  return (type?.pending ?? 0) + (type?.blocked ?? 0);
}

function compareWords(a = "", b = ""): number {
  return a < b ? -1 : Number(a > b);
}
