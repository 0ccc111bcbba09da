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
  const last = await findNewest(store, filter);
  if (last === undefined) return walkIds(store, []);
  if (action === "retry") return walkUp({ store, filter, last });
  const first = await store.listTasks({ ...filter, limit: pageSize });
  return walkDown({ store, filter, first });
}

/** A search for a text ends now and then, and has to be gone on with. */
async function findNewest(store: TaskStore, filter: TaskFilter): Promise<Task | undefined> {
  for (let after: string | undefined; ; ) {
    const page = await store.listTasks({
      ...{ ...filter, limit: 1 },
      ...(after !== undefined && { after }),
    });
    const [newest] = page.items;
    if (newest !== undefined || page.next === undefined) return newest;
    after = page.next;
  }
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
  readonly last: Task;
}): AsyncGenerator<readonly Found[]> {
  const latest = last.createdAt;
  let after: string | undefined;
  for (;;) {
    const page = await store.listTasks({
      ...{ ...filter, limit: pageSize, order: "oldest" as const },
      ...(after !== undefined && { after }),
    });
    const end = page.items.findIndex(({ id }) => id === last.id);
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
