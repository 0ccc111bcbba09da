import type { LogLine } from "../../domain/task.ts";
import { logCaps, type TaskStore } from "../../store/task-store.ts";

export interface GivenLines {
  readonly taskId: string;
  readonly attempt: number;
  readonly logs: readonly LogLine[];
}

/** Whether a task's log ends with these lines of this attempt already: they were given before. */
export async function isLastOfLog(
  store: TaskStore,
  { taskId, attempt, logs }: GivenLines,
): Promise<boolean> {
  if (logs.length === 0) return false;
  const limit = Math.min(logs.length, logCaps.tail);
  const before = Number.MAX_SAFE_INTEGER;
  const { lines } = await store.logsOf({ taskId, after: 0, before, limit });
  const last = logs.slice(-limit);
  return (
    lines.length === last.length &&
    last.every(({ at, stream, line }, place) => {
      const kept = lines[place];
      return (
        kept?.attempt === attempt &&
        kept.at === at &&
        kept.stream === stream &&
        kept.line.slice(0, cutAt) === line.slice(0, cutAt)
      );
    })
  );
}

/** Lines that are longer are cut when they are kept, and may say so at their end. */
const cutAt = logCaps.lineLength - 100;
