import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { defineWorker } from "../../src/worker/handler.ts";
import { monotonicMs } from "../measure/process-usage.ts";

export interface MarkingPayload {
  /** How long the task takes. */
  readonly ms: number;
  readonly note?: number;
}

export interface Mark {
  readonly kind: "start" | "end";
  readonly taskId: string;
  readonly attempt: number;
  readonly pid: number;
  readonly at: number;
  readonly wallAt: number;
  readonly note?: number;
}

let file = 0;

/** Notes when each task starts and ends in a file that other processes read while it runs. */
export default defineWorker<MarkingPayload>({
  type: "bench",
  open(host) {
    file = openSync(join(String(host.settings.folder), "marks.jsonl"), "a");
  },
  async handle({ id: taskId, attempt, payload: { ms, note } }, { signal }) {
    const facts = { taskId, attempt, ...(note !== undefined && { note }) };
    mark({ kind: "start", ...facts });
    if (ms > 0) await pause(ms, undefined, { signal });
    if (ms > 0) mark({ kind: "end", ...facts });
    return undefined;
  },
});

function mark(facts: Omit<Mark, "pid" | "at" | "wallAt">): void {
  const at = monotonicMs();
  const line: Mark = { ...facts, pid: process.pid, at, wallAt: Date.now() };
  writeSync(file, `${JSON.stringify(line)}\n`);
}
