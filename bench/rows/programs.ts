import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { openStore, startPool } from "../engine.ts";
import { monotonicMs } from "../measure/process-usage.ts";
import type { Row } from "../row.ts";
import { countIn, noopTask } from "../tasks.ts";

/** A program for each task, beside the bare cost of starting that program. */
export const freshChild: Row = {
  id: "G1",
  what: "`command` tasks that run `true`, 1 worker, concurrency 1; and `true` started bare",
  async measure(run) {
    const { folder, options, size } = run;
    const count = size(1_000, 200);
    const bare = await measureBare(count);

    const store = await openStore(folder, options);
    const tasks = Array.from({ length: count }, () =>
      noopTask({ type: "command", payload: { argv: ["true"] } }),
    );
    await store.submit({ tasks, now: Date.now() });
    const pool = await startPool({ ...run, handler: "command", workers: 1, concurrency: 1 });
    while ((await countIn(store, "completed")) < 1) await pause(1);
    const start = monotonicMs();
    const before = await countIn(store, "completed");
    while ((await countIn(store, "pending", "running")) > 0) await pause(20);
    const each = (monotonicMs() - start) / (count - before);
    await pool.stop();
    const completed = await countIn(store, "completed");
    await store.close();
    if (completed !== count) throw new Error(`${completed} of ${count} tasks are completed`);
    return { values: { "ms each": each, "bare ms each": bare } };
  },
};

async function measureBare(count: number): Promise<number> {
  const start = monotonicMs();
  for (let n = 0; n < count; n++) await once(spawn("true", { stdio: "ignore" }), "exit");
  return (monotonicMs() - start) / count;
}
