import type { BulkAction } from "../../domain/bulk.ts";
import type { Task } from "../../domain/task.ts";
import type { TaskFilter, TaskStore } from "../../store/task-store.ts";
import type { Selection } from "./selection.ts";

const pageSize = 100;

/** A task that was named, and what there is of it. */
export interface Found {
  readonly id: string;
  readonly task: Task | undefined;
}

/**
 * The tasks of a selection, some at a time. Its end is fixed by the time this resolves: a task
 * that is submitted later is not among them.
 *
 * Those that were submitted last are cancelled first, so that none is skipped because one that it
 * waits for has just been cancelled; the first run again first, so that each finds those that it
 * waits for.
 */
export async function openWalk(
  store: TaskStore,
  action: BulkAction,
  selection: Selection,
): Promise<AsyncIterable<readonly Found[]>> {
  if (selection.kind === "ids") return walkIds(store, [...new Set(selection.ids)]);
  const { filter } = selection;
  const newest = await store.listTasks({ ...filter, limit: 1 });
  const [last] = newest.items;
  if (last === undefined && newest.next === undefined) return walkIds(store, []);
  if (action === "retry") return walkUp({ store, filter, last });
  const first = await store.listTasks({ ...filter, limit: pageSize });
  return walkDown({ store, filter, first });
}

async function* walkIds(store: TaskStore, ids: readonly string[]) {
  for (let at = 0; at < ids.length; at += pageSize) {
    const page = ids.slice(at, at + pageSize);
    yield await Promise.all(page.map(async (id) => ({ id, task: await store.findTask(id) })));
  }
}

type Pages = Awaited<ReturnType<TaskStore["listTasks"]>>;

async function* walkDown(params: {
  readonly store: TaskStore;
  readonly filter: TaskFilter;
  readonly first: Pages;
}): AsyncGenerator<readonly Found[]> {
  let page = params.first;
  for (;;) {
    yield page.items.map(foundOf);
    if (page.next === undefined) return;
    page = await params.store.listTasks({
      ...params.filter,
      limit: pageSize,
      after: page.next,
    });
  }
}

async function* walkUp({
  store,
  filter,
  last,
}: {
  readonly store: TaskStore;
  readonly filter: TaskFilter;
  readonly last: Task | undefined;
}): AsyncGenerator<readonly Found[]> {
  const latest = last?.createdAt ?? 0;
  let after: string | undefined;
  for (;;) {
    const page = await store.listTasks({
      ...{ ...filter, limit: pageSize, order: "oldest" as const },
      ...(after !== undefined && { after }),
    });
    const end = page.items.findIndex(({ id }) => id === last?.id);
    const wanted = end < 0 ? page.items : page.items.slice(0, end + 1);
    yield wanted.filter(({ createdAt }) => createdAt <= latest).map(foundOf);
    const isOver = end >= 0 || page.items.some(({ createdAt }) => createdAt > latest);
    if (isOver || page.next === undefined) return;
    after = page.next;
  }
}

function foundOf(task: Task): Found {
  return { id: task.id, task };
}
