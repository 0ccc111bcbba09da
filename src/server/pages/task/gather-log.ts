import { setImmediate } from "node:timers/promises";
import { withoutAnsi } from "../../../dashboard/task/ansi.ts";
import type { LogModel } from "../../../dashboard/task/log-model.ts";
import { redactText } from "../../../dashboard/task/redact.ts";
import type { Attempt, Task } from "../../../domain/task.ts";
import { isFinal } from "../../../domain/task-state.ts";
import type { StoredLogLine, TaskStore } from "../../../store/task-store.ts";

/** Which lines are wanted; the last ones when nothing is said. */
export interface LogPlace {
  readonly after?: number;
  readonly before?: number;
  /** A page that begins with this line. */
  readonly from?: number;
  readonly find?: string;
  /** Of an agent's task: its log as it was written, in place of the conversation. */
  readonly view?: "log";
}

/** So many are shown at first, and are fetched at once. */
const pageSize = 500;
/** What has come since: of a log that grows by more at once, its end is fetched anew. */
const mostNews = 5_000;
const mostFound = 1_000;
/** So many are read before others have their turn. */
const stepSize = 2_000;
const end = Number.MAX_SAFE_INTEGER;

export interface LogSources {
  readonly task: Task;
  readonly attempts: readonly Attempt[];
  readonly place: LogPlace;
  /** Where lines are shown as something else: those in which that is found, in small letters. */
  readonly having?: typeof linesHaving;
}

export async function gatherLog(
  store: TaskStore,
  { task, attempts, place, having = linesHaving }: LogSources,
): Promise<LogModel> {
  const taskId = task.id;
  const shared = {
    taskId,
    startedAt: Object.fromEntries(attempts.map(({ number, startedAt }) => [number, startedAt])),
    isOpen: !isFinal(task.state),
  };
  const { after, before, from, find } = place;
  if (find !== undefined) {
    const found = await search(store, { taskId, find, having });
    return { ...shared, find, after: 0, hasEarlier: false, hasLater: false, ...found };
  }
  if (from !== undefined || after !== undefined) {
    const begin = from === undefined ? (after ?? 0) : Math.max(0, from - 1);
    const limit = from === undefined ? mostNews : pageSize;
    const { lines } = await store.logsOf({ taskId, after: begin, limit });
    const hasLater = lines.length === limit && (await isBeforeEnd(store, taskId, lines));
    return { ...shared, after: begin, hasEarlier: begin > 0, hasLater, lines };
  }
  const stretch = await stretchBefore(store, taskId, before ?? end);
  const hasLater = before !== undefined && (await isBeforeEnd(store, taskId, stretch.lines));
  return { ...shared, ...stretch, hasLater };
}

/** The last lines before a place, and which line of those that are kept comes before them. */
async function stretchBefore(
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

async function isBeforeEnd(
  store: TaskStore,
  taskId: string,
  lines: readonly StoredLogLine[],
): Promise<boolean> {
  const last = await store.logsOf({ taskId, after: 0, before: end, limit: 1 });
  return (lines.at(-1)?.cursor ?? 0) < (last.lines[0]?.cursor ?? 0);
}

interface Search extends Required<Pick<LogSources, "having">> {
  readonly taskId: string;
  readonly find: string;
}

async function search(
  store: TaskStore,
  { taskId, find, having }: Search,
): Promise<Pick<LogModel, "lines" | "hasMoreFound">> {
  const found: StoredLogLine[] = [];
  for await (const lines of allLines(store, taskId)) {
    found.push(...having(lines, find.toLowerCase()));
    if (found.length > mostFound) return { lines: found.slice(0, mostFound), hasMoreFound: true };
  }
  return { lines: found };
}

function linesHaving(lines: readonly StoredLogLine[], wanted: string): readonly StoredLogLine[] {
  return lines.filter(({ line }) => has(line, wanted));
}

/** As it is shown: without codes for terminals, which may stand in the middle of a word, and secrets. */
function has(line: string, wanted: string): boolean {
  const mayHave = line.toLowerCase().includes(wanted) || line.includes("\u001b");
  return mayHave && withoutAnsi(redactText(line)).toLowerCase().includes(wanted);
}

async function* allLines(
  store: TaskStore,
  taskId: string,
): AsyncGenerator<readonly StoredLogLine[]> {
  let after = 0;
  for (;;) {
    const { lines } = await store.logsOf({ taskId, after, limit: stepSize });
    yield lines;
    after = lines.at(-1)?.cursor ?? after;
    if (lines.length < stepSize) return;
    await setImmediate();
  }
}

/** The whole log as text, without codes for terminals; says where lines were not kept. */
export async function* logText(store: TaskStore, taskId: string): AsyncGenerator<string> {
  let before = 0;
  for await (const lines of allLines(store, taskId)) {
    let text = "";
    for (const { cursor, line } of lines) {
      const missing = cursor - before - 1;
      if (missing > 0) text += `… ${missing} lines were not kept …\n`;
      text += `${withoutAnsi(redactText(line))}\n`;
      before = cursor;
    }
    if (text !== "") yield text;
  }
}
