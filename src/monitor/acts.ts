import { isFinal } from "../domain/task-state.ts";
import { isLive } from "../domain/worker-state.ts";
import { type Row, rowsOf, selectedIn } from "./rows.ts";
import { type ActionName, type MonitorState, openedOf } from "./state.ts";

/** What an action would do now: on whom, or why on nobody. */
export type Choice =
  | { readonly kind: "act"; readonly ids: readonly string[]; readonly question?: string }
  | { readonly kind: "nothing"; readonly why: string };

const rules: Readonly<Record<ActionName, { on: "task" | "worker"; can: (row: Row) => boolean }>> = {
  drain: {
    on: "worker",
    can: ({ worker }) =>
      worker !== undefined && isLive(worker.worker.state) && worker.worker.state !== "draining",
  },
  abort: { on: "worker", can: ({ worker }) => worker !== undefined && isLive(worker.worker.state) },
  cancel: { on: "task", can: ({ task }) => task !== undefined && !isFinal(task.state) },
  retry: {
    on: "task",
    can: ({ task }) => task?.state === "failed" || task?.state === "cancelled",
  },
};

/** Marked rows, else the chosen one, as far as the action fits them. */
export function chooseFor(action: ActionName, state: MonitorState): Choice {
  if (state.readOnly) return { kind: "nothing", why: "this monitor only looks (--read-only)" };
  const rows = targetsOf(state);
  const { on, can } = rules[action];
  const fitting = rows.filter(can);
  if (fitting.length === 0) return { kind: "nothing", why: whyNone(action, on, rows) };
  const ids = fitting.map(({ id }) => id);
  const question = questionFor(action, fitting, rows.length - fitting.length);
  return { kind: "act", ids, ...(question !== undefined && { question }) };
}

function targetsOf(state: MonitorState): readonly Row[] {
  const opened = openedOf(state);
  if (opened?.kind === "task") {
    return opened.story ? [{ id: opened.id, words: "", task: opened.story.task }] : [];
  }
  if (opened?.kind === "worker") {
    const worker = opened.story && { worker: opened.story.worker, condition: "well" as const };
    return worker ? [{ id: opened.id, words: "", worker }] : [];
  }
  const list = state.lists[state.pane];
  const rows = rowsOf(state);
  if (list.marked.size > 0) return rows.filter(({ id }) => list.marked.has(id));
  const selected = rows[selectedIn(rows, list)];
  return selected ? [selected] : [];
}

function whyNone(action: ActionName, on: "task" | "worker", rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return `there is nothing to ${action}`;
  const isOther = on === "task" ? first.task === undefined : first.worker === undefined;
  if (isOther) return `${action} is for ${on}s; tab goes to the ${on}s`;
  const state = first.task?.state ?? first.worker?.worker.state;
  return rows.length === 1
    ? `${first.id} is ${state}: there is nothing to ${action}`
    : `none of the ${rows.length} marked ${on}s is one to ${action}`;
}

/** Only what is mild, and about one thing, is done without a question. */
function questionFor(
  action: ActionName,
  rows: readonly Row[],
  skipped: number,
): string | undefined {
  const [first] = rows;
  const others = skipped === 0 ? "" : ` (${skipped} other marked left out)`;
  const isOne = rows.length === 1;
  const on = rules[action].on;
  const whom = isOne ? `${on} ${first?.id}` : `${rows.length} ${on}s`;
  if (action === "retry") return isOne ? undefined : `retry ${whom}${others}?`;
  if (action === "cancel") return `cancel ${whom}${others}?`;
  if (action === "drain") return `drain ${whom}${others}: finish what runs, then leave?`;
  const tasks = rows.flatMap(({ worker }) => worker?.worker.taskIds ?? []);
  return `abort ${whom}${others} now${taskFate(tasks)}?`;
}

function taskFate(ids: readonly string[]): string {
  if (ids.length === 0) return "";
  return ids.length === 1 ? `; task ${ids[0]} fails` : `; ${ids.length} tasks fail`;
}
