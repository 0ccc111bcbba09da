import type { StoredLogLine, TaskStore } from "../../store/task-store.ts";

const pageSize = 1_000;

export interface LogReader {
  /** What has come since the last call. */
  next(): AsyncGenerator<LogPiece>;
}

export interface LogPiece extends StoredLogLine {
  /** How many lines before this one were not kept. */
  readonly dropped: number;
}

/** Reads a task's log in pages, from its beginning or from so many lines before its end. */
export function readLog(
  store: TaskStore,
  taskId: string,
  { tail }: { readonly tail?: number | undefined } = {},
): LogReader {
  let after = 0;
  let isBegun = tail === undefined;
  const begin = async (count: number) => {
    const end = { after: 0, before: Number.MAX_SAFE_INTEGER, limit: count + 1 };
    const { lines } = await store.logsOf({ taskId, ...end });
    if (lines.length > count) after = lines[0]?.cursor ?? 0;
    isBegun = true;
  };
  return {
    async *next() {
      if (!isBegun) await begin(tail ?? 0);
      for (;;) {
        const { lines } = await store.logsOf({ taskId, after, limit: pageSize });
        for (const line of lines) {
          yield { ...line, dropped: line.cursor - after - 1 };
          after = line.cursor;
        }
        if (lines.length < pageSize) return;
      }
    },
  };
}
