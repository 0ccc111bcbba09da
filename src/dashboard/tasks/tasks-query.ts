import { type FailureKind, failureKinds } from "../../domain/failure.ts";
import { type TaskState, taskStates } from "../../domain/task-state.ts";
import type { ListTasksParams, TaskFilter } from "../../store/task-store.ts";

/**
 * What a list of tasks is asked for, as the address of the page says it: state, filters, order and
 * place. What an address says that makes no sense is as if it had not been said, so that an old
 * bookmark shows a list and not an error.
 */
export interface TasksQuery {
  readonly state?: TaskState;
  readonly type?: string;
  readonly queue?: string;
  readonly worker?: string;
  readonly session?: string;
  readonly tag?: string;
  readonly age?: Age;
  readonly error?: FailureKind;
  readonly text?: string;
  readonly order: Order;
  /** The store's cursor of the page before. */
  readonly after?: string;
}

export const orders = ["newest", "oldest", "ended"] as const;

export type Order = (typeof orders)[number];

export const ages = {
  "under-10m": { words: "within 10 minutes", ms: 600_000 },
  "under-1h": { words: "within an hour", ms: 3_600_000 },
  "under-1d": { words: "within a day", ms: 86_400_000 },
  "under-7d": { words: "within a week", ms: 604_800_000 },
  "over-1h": { words: "over an hour ago", ms: 3_600_000 },
  "over-1d": { words: "over a day ago", ms: 86_400_000 },
  "over-7d": { words: "over a week ago", ms: 604_800_000 },
} as const;

export type Age = keyof typeof ages;

const textNames = ["type", "queue", "worker", "session", "tag"] as const;
const longestWord = 300;

export function parseTasksQuery(params: URLSearchParams): TasksQuery {
  const words = textNames.flatMap((name) => {
    const value = wordOf(params, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  // The API says status.
  const state = oneOf(taskStates, params.get("state") ?? params.get("status"));
  const age = oneOf(Object.keys(ages) as Age[], params.get("age"));
  const error = oneOf(Object.keys(failureKinds) as FailureKind[], params.get("error"));
  const text = wordOf(params, "q");
  const after = wordOf(params, "after");
  return {
    ...Object.fromEntries(words),
    ...(state && { state }),
    ...(age && { age }),
    ...(error && { error }),
    ...(text !== undefined && { text }),
    order: oneOf(orders, params.get("order")) ?? "newest",
    ...(after !== undefined && { after }),
  };
}

/** The address of such a list; what is left out or the default is not in it. */
export function tasksAddress(query: Partial<TasksQuery>, path = "/tasks"): string {
  const words = tasksParams(query).toString();
  return words === "" ? path : `${path}?${words}`;
}

export function tasksParams({ text, order, ...rest }: Partial<TasksQuery>): URLSearchParams {
  const params = new URLSearchParams();
  const said = { ...rest, q: text, ...(order !== "newest" && { order }) };
  for (const name of ["state", ...textNames, "age", "error", "q", "order", "after"] as const) {
    const value = said[name as keyof typeof said];
    if (value !== undefined) params.set(name, value);
  }
  return params;
}

export function filterOf(query: TasksQuery, now: number): TaskFilter {
  const { state, type, queue, worker, session, tag, age, error, text } = query;
  const since = age === undefined ? undefined : now - ages[age].ms;
  return {
    ...(state && { states: [state] }),
    ...(type !== undefined && { type }),
    ...(queue !== undefined && { queue }),
    ...(worker !== undefined && { workerId: worker }),
    ...(session !== undefined && { sessionId: session }),
    ...(tag !== undefined && { tag }),
    ...(error && { failureKind: error }),
    ...(text !== undefined && { text }),
    ...(since !== undefined &&
      (age?.startsWith("under") ? { createdAfter: since } : { createdBefore: since })),
  };
}

export function listParams(query: TasksQuery, now: number, limit: number): ListTasksParams {
  const { order, after } = query;
  return { ...filterOf(query, now), order, limit, ...(after !== undefined && { after }) };
}

/** Whether anything but the state narrows the list. */
export function isFiltered({
  state: _state,
  order: _order,
  after: _after,
  ...rest
}: TasksQuery): boolean {
  return Object.keys(rest).length > 0;
}

/** The filter in words, for a question: `state failed, type build`. */
export function filterWords(query: TasksQuery): string {
  const { state, type, queue, worker, session, tag, age, error, text } = query;
  return [
    state && `state ${state}`,
    type && `type ${type}`,
    queue && `queue ${queue}`,
    worker && `worker ${worker}`,
    session && `session ${session}`,
    tag && `tag ${tag}`,
    age && `submitted ${ages[age].words}`,
    error && `error ${error}`,
    text && `text “${text}”`,
  ]
    .filter(Boolean)
    .join(", ");
}

function wordOf(params: URLSearchParams, name: string): string | undefined {
  const value = params.get(name)?.trim().slice(0, longestWord);
  return value || undefined;
}

function oneOf<T extends string>(known: readonly T[], said: string | null): T | undefined {
  return known.find((one) => one === said);
}
