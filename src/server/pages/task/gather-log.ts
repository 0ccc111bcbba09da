import { withoutAnsi } from "../../../dashboard/task/ansi.ts";
import type { LogModel } from "../../../dashboard/task/log-model.ts";
import { redactText } from "../../../dashboard/task/redact.ts";
import type { Attempt, Task } from "../../../domain/task.ts";
import { isFinal } from "../../../domain/task-state.ts";
import { logCaps, type StoredLogLine, type TaskStore } from "../../../store/task-store.ts";

/** Which lines are wanted; the last ones when nothing is said. */
export interface LogPlace {
  readonly after?: number;
  readonly before?: number;
  readonly find?: string;
  /** Of an agent's task: its log as it was written, in place of the conversation. */
  readonly view?: "log";
}

/** So many are shown at first, and are fetched at once. */
const pageSize = 500;
/** A store keeps no more of a task. */
const wholeLog = logCaps.head + logCaps.tail;

export interface LogSources {
  readonly task: Task;
  readonly attempts: readonly Attempt[];
  readonly place: LogPlace;
}

export async function gatherLog(
  store: TaskStore,
  { task, attempts, place }: LogSources,
): Promise<LogModel> {
  const taskId = task.id;
  const shared = {
    taskId,
    startedAt: Object.fromEntries(attempts.map(({ number, startedAt }) => [number, startedAt])),
    isOpen: !isFinal(task.state),
  };
  const { after, before, find } = place;
  if (find !== undefined) {
    return {
      ...shared,
      find,
      after: 0,
      hasEarlier: false,
      lines: await search(store, taskId, find),
    };
  }
  if (after !== undefined) {
    const { lines } = await store.logsOf({ taskId, after, limit: wholeLog });
    return { ...shared, after, hasEarlier: false, lines };
  }
  return { ...shared, ...(await endOf(store, taskId, before ?? Number.MAX_SAFE_INTEGER)) };
}

/** The last lines before a place, and which line of those that are kept comes before them. */
async function endOf(
  store: TaskStore,
  taskId: string,
  before: number,
): Promise<Pick<LogModel, "lines" | "after" | "hasEarlier">> {
  const limit = pageSize;
  const { lines } = await store.logsOf({ taskId, after: 0, before, limit });
  const first = lines[0]?.cursor ?? 0;
  const earlier = await store.logsOf({ taskId, after: 0, before: first, limit: 1 });
  const after = earlier.lines[0]?.cursor ?? 0;
  return { lines, after, hasEarlier: after > 0 };
}

async function search(
  store: TaskStore,
  taskId: string,
  find: string,
): Promise<readonly StoredLogLine[]> {
  const wanted = find.toLowerCase();
  const { lines } = await store.logsOf({ taskId, after: 0, limit: wholeLog });
  return lines.filter(({ line }) => withoutAnsi(redactText(line)).toLowerCase().includes(wanted));
}

/** The whole log as text, without codes for terminals; says where lines were not kept. */
export async function* logText(store: TaskStore, taskId: string): AsyncGenerator<string> {
  let after = 0;
  for (;;) {
    const { lines } = await store.logsOf({ taskId, after, limit: pageSize });
    let text = "";
    for (const { cursor, line } of lines) {
      const missing = cursor - after - 1;
      if (missing > 0) text += `… ${missing} lines were not kept …\n`;
      text += `${withoutAnsi(redactText(line))}\n`;
      after = cursor;
    }
    if (text !== "") yield text;
    if (lines.length < pageSize) return;
  }
}
