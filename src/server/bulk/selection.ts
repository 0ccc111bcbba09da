import type { BulkAction, BulkPreview, SkipReason } from "../../domain/bulk.ts";
import type { Task } from "../../domain/task.ts";
import {
  finalTaskStates,
  openTaskStates,
  type TaskState,
  taskStates,
  taskTransitions,
} from "../../domain/task-state.ts";
import { countCap, type TaskFilter, type TaskStore } from "../../store/task-store.ts";

/** Which tasks: all that fit a filter, or those named. */
export type Selection =
  | { readonly kind: "filter"; readonly filter: TaskFilter }
  | { readonly kind: "ids"; readonly ids: readonly string[] };

const fits: Record<BulkAction, readonly TaskState[]> = {
  cancel: openTaskStates,
  retry: taskTransitions.revive.from,
  delete: finalTaskStates,
};

const whyNot: Record<BulkAction, string> = {
  cancel: "it has ended already",
  retry: "only failed and cancelled tasks can run again",
  delete: "it has not ended",
};

export const goneReason = "there is no such task any more";

/** Why it would not be done to a task. */
export function skipReason(action: BulkAction, task: Task | undefined): string | undefined {
  if (task === undefined) return goneReason;
  return fits[action].includes(task.state) ? undefined : whyNot[action];
}

export async function preview(
  store: TaskStore,
  action: BulkAction,
  selection: Selection,
): Promise<BulkPreview> {
  return selection.kind === "ids"
    ? await previewIds(store, action, selection.ids)
    : await previewFilter(store, action, selection.filter);
}

async function previewIds(
  store: TaskStore,
  action: BulkAction,
  ids: readonly string[],
): Promise<BulkPreview> {
  const tally = new SkipTally();
  let eligible = 0;
  for (const id of new Set(ids)) {
    const reason = skipReason(action, await store.findTask(id));
    if (reason === undefined) eligible++;
    else tally.add(reason);
  }
  return { action, eligible, skipped: tally.total, reasons: tally.reasons, isAtLeast: false };
}

async function previewFilter(
  store: TaskStore,
  action: BulkAction,
  filter: TaskFilter,
): Promise<BulkPreview> {
  const { counts, lookedThrough } = await store.countMatching(filter);
  const tally = new SkipTally();
  let eligible = 0;
  const states = taskStates.filter((state) => filter.states?.includes(state) ?? true);
  for (const state of states) {
    if (fits[action].includes(state)) eligible += counts[state];
    else tally.add(whyNot[action], counts[state]);
  }
  const isAtLeast =
    lookedThrough !== undefined || states.some((state) => counts[state] >= countCap);
  return { action, eligible, skipped: tally.total, reasons: tally.reasons, isAtLeast };
}

/** How many were left out, and why. */
export class SkipTally {
  readonly #counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get reasons(): readonly SkipReason[] {
    return [...this.#counts].map(([reason, count]) => ({ reason, count }));
  }
}

/** For the audit trail. */
export function describeSelection(selection: Selection): string {
  if (selection.kind === "ids") {
    const { ids } = selection;
    return `${ids.length} by id: ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}`;
  }
  const parts = Object.entries(selection.filter).map(([name, value]) => `${name}=${String(value)}`);
  return parts.length === 0 ? "all tasks" : parts.join(" ");
}
