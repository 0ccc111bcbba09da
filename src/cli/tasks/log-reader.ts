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

/** Reads a task's log from its beginning, in pages. */
export function readLog(store: TaskStore, taskId: string): LogReader {
  let after = 0;
  return {
    async *next() {
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
