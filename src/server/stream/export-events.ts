import type { LoggedEvent } from "../../domain/event.ts";
import type { ListEventsParams, TaskStore } from "../../store/task-store.ts";
import { type EventAnswer, eventAnswerOf } from "./event-answer.ts";

const pageSize = 1_000;
const encoder = new TextEncoder();

export type ExportFormat = "jsonl" | "csv";

export const exportMedia: Record<ExportFormat, string> = {
  jsonl: "application/x-ndjson; charset=utf-8",
  csv: "text/csv; charset=utf-8",
};

export interface ExportParams {
  readonly store: TaskStore;
  readonly format: ExportFormat;
  readonly filter: Omit<ListEventsParams, "limit" | "newestBefore">;
  /** Up to this one, so that the export of a busy log ends. */
  readonly last: number;
}

/** Oldest first; a page is read when its reader has taken the one before. */
export function exportEvents(params: ExportParams): ReadableStream<Uint8Array> {
  const chunks = exported(params);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* exported(params: ExportParams): AsyncGenerator<string, void> {
  const { format, filter, store, last } = params;
  const line = format === "csv" ? csvLine : (event: EventAnswer) => `${JSON.stringify(event)}\n`;
  if (format === "csv") yield `${columns.join(",")}\r\n`;
  let { after } = filter;
  for (;;) {
    const page = await store.listEvents({ ...filter, after, limit: pageSize });
    const wanted: readonly LoggedEvent[] = page.filter(({ cursor }) => cursor <= last);
    if (wanted.length > 0) yield wanted.map((event) => line(eventAnswerOf(event))).join("");
    if (wanted.length < pageSize) return;
    after = wanted.at(-1)?.cursor ?? last;
  }
}

const columns = [
  "cursor",
  "at",
  "type",
  "message",
  "workerId",
  "workerType",
  "mode",
  "taskId",
  "sessionId",
  "data",
] as const satisfies (keyof EventAnswer)[];

function csvLine(event: EventAnswer): string {
  return `${columns.map((column) => csvCell(event[column])).join(",")}\r\n`;
}

/** RFC 4180. What a spreadsheet would take for a formula is text all the same. */
function csvCell(value: EventAnswer[(typeof columns)[number]]): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
