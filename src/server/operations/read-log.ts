import type { TaskStore } from "../../store/task-store.ts";
import { iso } from "../outgoing/task-json.ts";
import type { LogAnswer } from "../schemas/log-answer.ts";

export interface ReadLogParams {
  readonly taskId: string;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** The last so many. */
  readonly tail?: number | undefined;
  readonly limit?: number | undefined;
}

const beyondTheEnd = Number.MAX_SAFE_INTEGER;

/** A part of a task's log, in the words of the API. */
export async function readLog(store: TaskStore, params: ReadLogParams): Promise<LogAnswer> {
  const { taskId, after = 0, tail, limit = tail ?? 1_000 } = params;
  const before = params.before ?? (tail === undefined ? undefined : beyondTheEnd);
  const { lines, dropped } = await store.logsOf({
    ...{ taskId, after, limit },
    ...(before !== undefined && { before }),
  });
  const next = lines.at(-1)?.cursor;
  return {
    taskId,
    logs: lines.map(({ line }) => line),
    lines: lines.map(({ cursor, attempt, at, stream, line }) => ({
      ...{ cursor, attempt, stream, line },
      at: iso(at),
    })),
    dropped,
    ...(next !== undefined && { next }),
  };
}
