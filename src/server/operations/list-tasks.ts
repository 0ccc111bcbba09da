import type { Task } from "../../domain/task.ts";
import { taskStates } from "../../domain/task-state.ts";
import type { Page, TaskFilter, TaskStore } from "../../store/task-store.ts";
import type { TaskQuery } from "../schemas/task-query.ts";

export interface TaskPage extends Page<Task> {
  /** How many fit in all, counted up to a cap. */
  readonly total: number;
}

/** A page of the tasks that fit, and how many fit. */
export async function listTasks(store: TaskStore, query: TaskQuery): Promise<TaskPage> {
  const { after, limit = 20, offset = 0, order = "newest" } = query;
  const filter = filterOf(query);
  const [page, { counts }] = await Promise.all([
    store.listTasks({
      ...filter,
      order,
      limit: offset + limit,
      ...(after !== undefined && { after }),
    }),
    store.countMatching(filter),
  ]);
  const wanted = filter.states ?? taskStates;
  const total = wanted.reduce((sum, state) => sum + counts[state], 0);
  return { ...page, items: page.items.slice(offset), total };
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
