import type { Task } from "../../domain/task.ts";
import { taskStates } from "../../domain/task-state.ts";
import type { ListTasksParams, Page, TaskFilter, TaskStore } from "../../store/task-store.ts";
import type { TaskQuery } from "../schemas/task-query.ts";

export interface TaskPage extends Page<Task> {
  /** How many fit in all, counted up to a cap. */
  readonly total: number;
}

/** Read at once: tasks may be as large as a request. */
const sliceSize = 20;
/** Characters of JSON after which a page ends early; its `next` goes on from there. */
const heaviest = 4_000_000;

/** A page of the tasks that fit, and how many fit. A page of large tasks may be shorter than asked. */
export async function listTasks(store: TaskStore, query: TaskQuery): Promise<TaskPage> {
  const { after, limit = 20, offset = 0, order = "newest" } = query;
  const filter = filterOf(query);
  const wanted = { ...filter, order, ...(after !== undefined && { after }) };
  const [page, { counts }] = await Promise.all([
    readPage(store, wanted, { limit, offset }),
    store.countMatching(filter),
  ]);
  const states = filter.states ?? taskStates;
  return { ...page, total: states.reduce((sum, state) => sum + counts[state], 0) };
}

async function readPage(
  store: TaskStore,
  wanted: Omit<ListTasksParams, "limit">,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<Page<Task>> {
  const items: Task[] = [];
  let [skip, weight, params] = [offset, 0, wanted];
  for (;;) {
    const isSkipped = skip > 0;
    const most = isSkipped ? skip : limit - items.length;
    const page = await store.listTasks({ ...params, limit: Math.min(most, sliceSize) });
    const taken = isSkipped ? [] : page.items;
    items.push(...taken);
    skip -= isSkipped ? page.items.length : 0;
    weight += weightOf(taken);
    const { next, lookedThrough } = page;
    const isFull = items.length >= limit || weight > heaviest;
    if (next === undefined || lookedThrough !== undefined || isFull) return { ...page, items };
    params = { ...wanted, after: next };
  }
}

function weightOf(tasks: readonly Task[]): number {
  return tasks.reduce((sum, { payload, result, checkpoint }) => {
    return sum + JSON.stringify([payload, result, checkpoint]).length;
  }, 0);
}

function filterOf(query: TaskQuery): TaskFilter {
  const { status, search, after: _, limit: __, offset: ___, order: ____, ...same } = query;
  const given = Object.fromEntries(
    Object.entries(same).filter(([, value]) => value !== undefined),
  ) as TaskFilter;
  return {
    ...given,
    ...(status !== undefined && { states: status }),
    ...(search !== undefined && { text: search }),
  };
}
