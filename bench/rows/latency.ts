import { setTimeout as pause } from "node:timers/promises";
import type { TaskStore } from "../../src/store/task-store.ts";
import { openStore, startPool } from "../engine.ts";
import { readMarks, waitForMarks } from "../measure/marks.ts";
import { monotonicMs } from "../measure/process-usage.ts";
import { median, percentile } from "../measure/statistics.ts";
import { atMost, type Measured, type Row, type RunSetting } from "../row.ts";
import { noopTask } from "../tasks.ts";

export const idlePickUp: Row = {
  id: "L1",
  what: "idle pick-up: from the call of submit here to the handler's start in another process",
  runs: 1,
  async measure(run) {
    return withPool(run, async (store) => {
      const calledAt = new Map<string, number>();
      const submits: number[] = [];
      const samples = run.size(1_000, 200);
      for (let n = 0; n < samples; n++) {
        await pause(5 + Math.random() * 45);
        const task = noopTask({ payload: { ms: 0 } });
        const called = monotonicMs();
        calledAt.set(task.id, called);
        await store.submit({ tasks: [task], now: Date.now() });
        submits.push(monotonicMs() - called);
      }
      const marks = await waitForMarks(run.folder, ({ length }) => length >= samples);
      const latencies = marks.map(({ taskId, at }) => at - (calledAt.get(taskId) ?? Number.NaN));
      return { values: { ...percentiles(latencies), "submit itself p50 ms": median(submits) } };
    });
  },
  targets: () => [atMost("p50 ms", 1, "ms"), atMost("p99 ms", 5, "ms")],
};

export const loadedPickUp: Row = {
  id: "L2",
  what: "pick-up at a steady 500 tasks/s, from the intended moment, concurrency 10",
  runs: 1,
  async measure(run) {
    return withPool(run, async (store) => {
      const perSecond = 500;
      const count = perSecond * run.size(60, 4);
      const start = monotonicMs() + 100;
      const submits: Promise<unknown>[] = [];
      for (let n = 0; n < count; n++) {
        const intended = start + (n * 1_000) / perSecond;
        const early = intended - monotonicMs();
        if (early > 1) await pause(early);
        const task = noopTask({ payload: { ms: 0, note: intended } });
        submits.push(store.submit({ tasks: [task], now: Date.now() }));
      }
      await Promise.all(submits);
      const marks = await waitForMarks(run.folder, ({ length }) => length >= count);
      return {
        values: percentiles(marks.map(({ at, note }) => Math.max(0, at - (note ?? Number.NaN)))),
      };
    });
  },
};

export const scheduled: Row = {
  id: "S1",
  what: "start of a task with a set time, after that time",
  runs: 1,
  async measure(run) {
    return withPool(run, async (store) => {
      const count = run.size(1_000, 200);
      const spreadMs = run.size(9_000, 2_000);
      const base = Date.now() + 1_000;
      const tasks = Array.from({ length: count }, (_, n) => {
        const runAt = base + Math.floor((n * spreadMs) / count);
        return noopTask({ runAt, payload: { ms: 0, note: runAt } });
      });
      await store.submit({ tasks, now: Date.now() });
      const marks = await waitForMarks(run.folder, ({ length }) => length >= count);
      const errors = marks.map(({ wallAt, note }) => wallAt - (note ?? Number.NaN));
      return { values: { ...percentiles(errors), "earliest ms": Math.min(...errors) } };
    });
  },
};

async function withPool(
  run: RunSetting,
  measure: (store: TaskStore) => Promise<Measured>,
): Promise<Measured> {
  const store = await openStore(run.folder, run.options);
  const pool = await startPool({ ...run, handler: "marking-worker", workers: 1, concurrency: 10 });
  await pool.ready();
  try {
    const measured = await measure(store);
    return { ...measured, duplicates: countDuplicates(run.folder) };
  } finally {
    await pool.stop();
    await store.close();
  }
}

function countDuplicates(folder: string): number {
  const starts = readMarks(folder).filter(({ kind }) => kind === "start");
  return starts.length - new Set(starts.map(({ taskId }) => taskId)).size;
}

function percentiles(samples: readonly number[]): Record<string, number> {
  return {
    "p50 ms": percentile(samples, 0.5),
    "p95 ms": percentile(samples, 0.95),
    "p99 ms": percentile(samples, 0.99),
    "max ms": Math.max(...samples),
  };
}
