import { openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { monotonicMs, ownCpuSeconds } from "../measure/process-usage.ts";
import type { Delivery } from "../programs/counting-worker.ts";
import type { Mark } from "../programs/marking-worker.ts";
import type { TaskPayload } from "./peer.ts";

export interface TaskHandler {
  handle(payload: TaskPayload): Promise<void>;
  /** Writes down what was delivered. */
  close(): void;
}

/**
 * What every peer's tasks do: be counted, and if they ask for it, take some time and leave marks.
 * How far it is can be read in `progress-<process>` within some hundredths of a second.
 */
export function openTaskHandler(folder: string): TaskHandler {
  const self = `${process.pid}-${threadId}`;
  const counts = new Map<string, number>();
  const marks = openSync(join(folder, "marks.jsonl"), "a");
  let [handled, written, firstAt, lastAt, cpuBefore] = [0, 0, 0, 0, 0];

  const progress = openSync(join(folder, `progress-${self}`), "w");
  const timer = setInterval(() => {
    if (written !== handled) writeSync(progress, String(handled).padStart(12), 0);
    written = handled;
  }, 20);
  timer.unref();

  function mark(kind: Mark["kind"], taskId: string, attempt: number): void {
    const at = monotonicMs();
    const line: Mark = { kind, taskId, attempt, pid: process.pid, at, wallAt: Date.now() };
    writeSync(marks, `${JSON.stringify(line)}\n`);
  }

  return {
    async handle({ id, ms, mark: wanted }) {
      lastAt = monotonicMs();
      if (firstAt === 0) {
        firstAt = lastAt;
        cpuBefore = ownCpuSeconds();
      }
      handled++;
      const times = (counts.get(id) ?? 0) + 1;
      counts.set(id, times);
      if (wanted === true) mark("start", id, times);
      if (ms !== undefined) await pause(ms);
      if (wanted === true && ms !== undefined) mark("end", id, times);
    },
    close() {
      clearInterval(timer);
      const cpuSeconds = firstAt === 0 ? 0 : ownCpuSeconds() - cpuBefore;
      const delivery: Delivery = {
        counts: Object.fromEntries(counts),
        firstAt,
        lastAt,
        cpuSeconds,
      };
      const path = join(folder, `delivery-${self}.json`);
      writeFileSync(`${path}.part`, JSON.stringify(delivery));
      renameSync(`${path}.part`, path);
    },
  };
}
