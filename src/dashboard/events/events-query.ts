import { type EventType, eventTypes } from "../../domain/event.ts";
import type { ListEventsParams } from "../../store/task-store.ts";

/** What the events are asked for, as the address of their page says it. */
export interface EventsQuery {
  readonly kind?: EventKind;
  readonly actor?: string;
  readonly task?: string;
  readonly worker?: string;
  /** Only those before this cursor. */
  readonly before?: number;
}

/** What most people look for; each stands for some types of events. */
export const eventKinds = {
  audit: { words: "actions of people", begins: ["audit"] },
  task: { words: "tasks", begins: ["task_"] },
  worker: { words: "workers", begins: ["worker_", "orphan_"] },
  pool: { words: "pools and supervisors", begins: ["pool_", "supervisor_", "admission_"] },
  queue: { words: "queues and sessions", begins: ["queue_", "session_"] },
  trouble: {
    words: "trouble",
    begins: [
      ...["task_failed", "worker_failed", "worker_hung", "worker_gone", "worker_aborted"],
      ...["pool_gave_up", "admission_refused", "orphan_ended"],
    ],
  },
} as const satisfies Record<string, { readonly words: string; readonly begins: readonly string[] }>;

export type EventKind = keyof typeof eventKinds;

const longestWord = 200;

export function parseEventsQuery(params: URLSearchParams): EventsQuery {
  const kind = (Object.keys(eventKinds) as EventKind[]).find((one) => one === params.get("kind"));
  const words = (["actor", "task", "worker"] as const).flatMap((name) => {
    const value = params.get(name)?.trim().slice(0, longestWord);
    return value ? [[name, value] as const] : [];
  });
  const before = params.get("before") ?? "";
  return {
    ...(kind && { kind }),
    ...Object.fromEntries(words),
    ...(/^\d{1,15}$/.test(before) && { before: Number(before) }),
  };
}

export function eventsAddress(query: EventsQuery): string {
  const params = new URLSearchParams();
  for (const name of ["kind", "actor", "task", "worker", "before"] as const) {
    const value = query[name];
    if (value !== undefined) params.set(name, String(value));
  }
  const words = params.toString();
  return words === "" ? "/events" : `/events?${words}`;
}

/** All that fit the filter, as a file. */
export function exportAddress(query: EventsQuery, format: "jsonl" | "csv"): string {
  const { task, worker } = query;
  const params = new URLSearchParams({ format });
  const types = typesOf(query);
  if (types !== undefined) params.set("type", types.join(","));
  if (task !== undefined) params.set("task", task);
  if (worker !== undefined) params.set("worker", worker);
  return `/api/events?${params}`;
}

/** Somebody's own events are their actions. */
export function typesOf({ kind, actor }: EventsQuery): readonly EventType[] | undefined {
  if (actor !== undefined) return ["audit"];
  if (kind === undefined) return undefined;
  const { begins } = eventKinds[kind];
  return eventTypes.filter((type) => begins.some((begin) => type.startsWith(begin)));
}

export function listEventsParams(query: EventsQuery, limit: number): ListEventsParams {
  const { task, worker, before } = query;
  const types = typesOf(query);
  return {
    ...{ after: 0, limit, newestBefore: before ?? "end" },
    ...(types && { types }),
    ...(task !== undefined && { taskId: task }),
    ...(worker !== undefined && { workerId: worker }),
  };
}

export function isFiltered({ before: _before, ...rest }: EventsQuery): boolean {
  return Object.keys(rest).length > 0;
}
