import { openStore } from "../engine.ts";
import { ownCpuSeconds } from "../measure/process-usage.ts";
import type { Measured, Row, RunSetting } from "../row.ts";
import { countIn, noopTask } from "../tasks.ts";

export const submitOne: Row = {
  id: "E1",
  what: "submit one at a time, each awaited",
  measure: (run) => measureSubmits(run, { count: run.size(5_000, 1_000), inFlight: 1, bulk: 1 }),
};

export const submitWindow: Row = {
  id: "E2",
  what: "submit with 32 in flight",
  measure: (run) => measureSubmits(run, { count: run.size(20_000, 3_200), inFlight: 32, bulk: 1 }),
};

export const submitBulk: Row = {
  id: "E3",
  what: "submit in bulks of 100",
  measure: (run) =>
    measureSubmits(run, { count: run.size(100_000, 10_000), inFlight: 1, bulk: 100 }),
};

interface SubmitPlan {
  readonly count: number;
  readonly inFlight: number;
  readonly bulk: number;
}

async function measureSubmits(
  { folder, options }: RunSetting,
  { count, inFlight, bulk }: SubmitPlan,
): Promise<Measured> {
  const store = await openStore(folder, options);
  const cpu = ownCpuSeconds();
  const start = performance.now();
  for (let done = 0; done < count; done += inFlight * bulk) {
    const calls = Array.from({ length: inFlight }, () => {
      const tasks = Array.from({ length: bulk }, () => noopTask());
      return store.submit({ tasks, now: Date.now() });
    });
    await Promise.all(calls);
  }
  const seconds = (performance.now() - start) / 1_000;
  const cpuSecondsPer1000 = ((ownCpuSeconds() - cpu) / count) * 1_000;

  const stored = await countIn(store, "pending");
  await store.close();
  if (stored !== count) throw new Error(`${count} tasks were acknowledged, ${stored} are stored`);
  return { values: { "tasks/s": count / seconds }, cpuSecondsPer1000 };
}
