import { setTimeout as pause } from "node:timers/promises";
import { openStore, startPool } from "../engine.ts";
import { cpuSecondsOf, monotonicMs, residentMegabytesOf } from "../measure/process-usage.ts";
import { percentile } from "../measure/statistics.ts";
import { atMost, type Row } from "../row.ts";

export const idleWorker: Row = {
  id: "M1",
  what: "an idle worker and its supervisor (the bench itself): memory, and CPU for each minute",
  runs: 1,
  async measure(run) {
    const { folder, options } = run;
    const store = await openStore(folder, options);
    const pool = await startPool({ ...run, handler: "idle-worker", workers: 1, concurrency: 1 });
    const [pid] = await pool.ready();
    if (pid === undefined) throw new Error("there is no worker");
    await pause(1_000);
    const before = { worker: cpuSecondsOf(pid), own: cpuSecondsOf(process.pid) };
    await pause(options.idleSeconds * 1_000);
    const perMinute = 60 / options.idleSeconds;
    const values = {
      "worker MB": residentMegabytesOf(pid),
      "worker CPU-s/min": (cpuSecondsOf(pid) - before.worker) * perMinute,
      "supervisor CPU-s/min": (cpuSecondsOf(process.pid) - before.own) * perMinute,
    };
    await pool.stop();
    await store.close();
    return { values };
  },
  targets: () => [atMost("worker MB", 50, "MB")],
};

export const workerStart: Row = {
  id: "START",
  what: "from the order to start a direct worker until it is idle",
  runs: 1,
  async measure(run) {
    const { folder, options, size } = run;
    const store = await openStore(folder, options);
    const samples: number[] = [];
    for (let start = 0; start < size(20, 5); start++) {
      const ordered = monotonicMs();
      const pool = await startPool({
        ...run,
        handler: "idle-worker",
        workers: 1,
        concurrency: 1,
      });
      await pool.ready();
      samples.push(monotonicMs() - ordered);
      await pool.stop();
    }
    await store.close();
    return {
      values: { "p50 ms": percentile(samples, 0.5), "max ms": Math.max(...samples) },
    };
  },
  targets: () => [atMost("p50 ms", 100, "ms")],
};
