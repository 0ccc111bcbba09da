import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { cpuSecondsOf } from "../../measure/process-usage.ts";
import type { Scenario } from "../scenario.ts";

export const idle: Scenario = {
  id: "M1",
  title: "memory at rest",
  what: "at rest: a worker process at concurrency 10 and the server or supervisor; memory (each page divided by those who share it) and CPU",
  kind: "rest",
  classes: ["D2", "D1"],
  isSameInBothClasses: true,
  main: { name: "MB in all", better: "less" },
  runs: 1,
  async play({ stage, options }) {
    const workers = await stage.startWorkers({ processes: 1, concurrency: 10 });
    await pause(2_000);
    const pids = await workers.pids();
    const broker = stage.broker();
    const seconds = () => ({
      worker: pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
      broker: broker?.cpuSeconds() ?? 0,
    });
    const before = seconds();
    await pause(options.idleSeconds * 1_000);
    const after = seconds();
    const perMinute = 60 / options.idleSeconds;
    const brokerPids = (broker?.pids() ?? []).filter((pid) => !pids.includes(pid));
    const [ofWorker, ofBroker] = [megabytesOf(pids), megabytesOf(brokerPids)];
    return {
      values: {
        "MB in all": ofWorker + ofBroker,
        "worker MB": ofWorker,
        "server or supervisor MB": ofBroker,
        "worker CPU-s/min": (after.worker - before.worker) * perMinute,
        "server or supervisor CPU-s/min": (after.broker - before.broker) * perMinute,
      },
      count: 0,
    };
  },
};

function megabytesOf(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? Number.NaN);
  });
  return kilobytes.reduce((sum, size) => sum + size, 0) / 1_024;
}
