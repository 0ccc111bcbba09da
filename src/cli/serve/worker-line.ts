import type { EventType, LoggedEvent } from "../../domain/event.ts";
import type { JsonValue } from "../../domain/json.ts";
import { tellsOnlyTaken } from "../../domain/taken-ahead.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { LogLevel } from "../logging/log-level.ts";

export interface WorkerLine {
  readonly words: string;
  readonly level: LogLevel;
  readonly facts: Readonly<Record<string, JsonValue>>;
}

/** `[Worker] Task completed taskId=… title="…" duration=1234`: the end of a task; of nothing else. */
export async function workerLine(
  store: TaskStore,
  event: LoggedEvent,
): Promise<WorkerLine | undefined> {
  const { type, taskId, workerId, workerType, message } = event;
  const ending = tellsOnlyTaken(event) ? notBegun : endings[type];
  if (ending === undefined || taskId === undefined) return undefined;
  const task = await store.findTask(taskId);
  const { title, startedAt, endedAt, failure } = task ?? {};
  const duration = startedAt === undefined ? undefined : (endedAt ?? Date.now()) - startedAt;
  const error = type === "task_completed" ? undefined : (failure?.message ?? message);
  const facts = {
    taskId,
    ...(workerType !== undefined && { type: workerType }),
    ...(title !== undefined && { title }),
    ...(duration !== undefined && { duration }),
    ...(workerId !== undefined && { workerId }),
    ...(error !== undefined && { error }),
  };
  const words = Object.entries(facts).map(([name, value]) => `${name}=${spelled(value)}`);
  return { words: `[Worker] ${ending.words} ${words.join(" ")}`, level: ending.level, facts };
}

/** `undefined` for what is no end of a task. */
export function endingLevel(type: EventType): LogLevel | undefined {
  return endings[type]?.level;
}

const endings: Partial<
  Record<LoggedEvent["type"], { readonly words: string; readonly level: LogLevel }>
> = {
  task_completed: { words: "Task completed", level: "info" },
  task_failed: { words: "Task failed", level: "warn" },
  task_cancelled: { words: "Task cancelled", level: "info" },
  task_requeued: { words: "Task failed and runs again", level: "warn" },
  task_released: { words: "Task given back", level: "info" },
};

const notBegun = { words: "Task given back before it began", level: "debug" } as const;

function spelled(value: JsonValue): string {
  return typeof value === "string" && !/^[\w.:-]+$/.test(value)
    ? JSON.stringify(value)
    : `${value}`;
}
