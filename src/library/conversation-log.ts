import { logCaps, type StoredLogLine, type TaskStore } from "../store/task-store.ts";

/** Who an agent is and which conversation it has is told soon after its attempt has begun. */
const beginning = 200;

/**
 * Of an agent's log the lines from which one can tell its latest conversation, in their order: its
 * beginning, that of its latest attempt, wherever that is, and its end. All of a log that is not long.
 */
export async function conversationLog(
  store: TaskStore,
  taskId: string,
): Promise<readonly StoredLogLine[]> {
  const head = (await store.logsOf({ taskId, after: 0, limit: logCaps.head })).lines;
  const after = head.at(-1)?.cursor ?? 0;
  const before = Number.MAX_SAFE_INTEGER;
  const tail = (await store.logsOf({ taskId, after, before, limit: logCaps.tail })).lines;
  const [first, last] = [tail[0], tail.at(-1)];
  if (first === undefined || last === undefined) return head;
  const beginsBetween = head.at(-1)?.attempt !== last.attempt && first.attempt === last.attempt;
  if (!beginsBetween) return [...head, ...tail];
  const { attempt } = last;
  const begin = await beginOf(store, { taskId, attempt, after, before: first.cursor });
  return [...head, ...begin.filter(({ cursor }) => cursor < first.cursor), ...tail];
}

interface Wanted {
  readonly taskId: string;
  readonly attempt: number;
  /** A line of an earlier attempt, and one of this. */
  readonly after: number;
  readonly before: number;
}

/** The first lines of an attempt; found by halves, for its log may be large. */
async function beginOf(
  store: TaskStore,
  { taskId, attempt, after, before }: Wanted,
): Promise<readonly StoredLogLine[]> {
  let [low, high] = [after, before];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const [line] = (await store.logsOf({ taskId, after: middle - 1, limit: 1 })).lines;
    if (line === undefined || line.attempt >= attempt) high = middle;
    else low = line.cursor;
  }
  return (await store.logsOf({ taskId, after: low, limit: beginning })).lines;
}
