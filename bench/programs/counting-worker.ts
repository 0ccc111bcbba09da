import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineWorker } from "../../src/worker/handler.ts";
import { monotonicMs, ownCpuSeconds } from "../measure/process-usage.ts";

/** What one worker did, written when it leaves. */
export interface Delivery {
  /** How often it ran each task. */
  readonly counts: Readonly<Record<string, number>>;
  readonly firstAt: number;
  readonly lastAt: number;
  /** From its first task on. */
  readonly cpuSeconds: number;
}

const counts = new Map<string, number>();
let folder = "";
let firstAt = 0;
let lastAt = 0;
let cpuBefore = 0;

/** A task that does nothing but be counted. */
export default defineWorker({
  type: "bench",
  open(host) {
    folder = String(host.settings.folder);
  },
  handle(task) {
    lastAt = monotonicMs();
    if (firstAt === 0) {
      firstAt = lastAt;
      cpuBefore = ownCpuSeconds();
    }
    counts.set(task.id, (counts.get(task.id) ?? 0) + 1);
    return Promise.resolve(undefined);
  },
  close() {
    const cpuSeconds = ownCpuSeconds() - cpuBefore;
    const delivery: Delivery = { counts: Object.fromEntries(counts), firstAt, lastAt, cpuSeconds };
    writeFileSync(join(folder, `delivery-${process.pid}.json`), JSON.stringify(delivery));
  },
});
