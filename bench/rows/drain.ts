import { setTimeout as pause } from "node:timers/promises";
import { openStore, startPool } from "../engine.ts";
import { checkDelivery } from "../measure/delivery.ts";
import type { Measured, Row, RunSetting } from "../row.ts";
import { countIn, fillQueue } from "../tasks.ts";

export const drainOne: Row = {
  id: "P1",
  what: "drain, 1 worker process, concurrency 1",
  measure: (run) => drain(run, { count: run.size(5_000, 1_000), workers: 1, concurrency: 1 }),
  targets: (medianOf) => {
    const raw = medianOf("RAW", "settle + claim/s");
    const text = `claim and settle at the raw speed of the store's commits (${Math.round(raw)}/s in this run)`;
    return [{ value: "tasks/s", text, isMet: (measured) => measured >= 0.9 * raw }];
  },
};

export const drainTen: Row = {
  id: "P10",
  what: "drain, 1 worker process, concurrency 10",
  measure: (run) => drain(run, { count: run.size(20_000, 2_000), workers: 1, concurrency: 10 }),
};

export const drainHundred: Row = {
  id: "P100",
  what: "drain, 1 worker process, concurrency 100",
  measure: (run) => drain(run, { count: run.size(50_000, 5_000), workers: 1, concurrency: 100 }),
};

export const drainBatched: Row = {
  id: "PB",
  what: "drain, batched: 2 worker processes, concurrency 256",
  measure: (run) => drain(run, { count: run.size(200_000, 20_000), workers: 2, concurrency: 256 }),
};

export const drainTwoWorkers: Row = {
  id: "W2",
  what: "drain, 2 worker processes, concurrency 10 each",
  measure: (run) => drain(run, { count: run.size(20_000, 2_000), workers: 2, concurrency: 10 }),
};

export const drainEightWorkers: Row = {
  id: "W8",
  what: "drain, 8 worker processes, concurrency 10 each",
  measure: (run) => drain(run, { count: run.size(20_000, 4_000), workers: 8, concurrency: 10 }),
};

export const drainManyWorkers: Row = {
  id: "W64",
  what: "drain, 64 worker processes, concurrency 1 each",
  runs: 1,
  measure: (run) => drain(run, { count: run.size(10_000, 2_000), workers: 64, concurrency: 1 }),
};

interface DrainPlan {
  readonly count: number;
  readonly workers: number;
  readonly concurrency: number;
}

async function drain(run: RunSetting, plan: DrainPlan): Promise<Measured> {
  const { folder, options } = run;
  const { count, workers, concurrency } = plan;
  const store = await openStore(folder, options);
  const ids = await fillQueue(store, count);

  const pool = await startPool({ ...run, handler: "counting-worker", workers, concurrency });
  while ((await countIn(store, "pending", "running")) > 0) await pause(50);
  await pool.stop();

  const completed = await countIn(store, "completed");
  await store.close();
  if (completed !== count) throw new Error(`${completed} of ${count} tasks are completed`);
  const { seconds, cpuSeconds, duplicates } = checkDelivery(folder, ids);
  return {
    values: { "tasks/s": (count - 1) / seconds },
    cpuSecondsPer1000: (cpuSeconds / count) * 1_000,
    duplicates,
  };
}
