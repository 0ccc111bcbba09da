import { expect, it } from "vitest";
import { usageOf } from "./usage.ts";

const read = "2026-01-01T00:00:02.000Z";
const preread = "2026-01-01T00:00:01.000Z";
const cpu = (total_usage: number) => ({ cpu_usage: { total_usage } });

it("what a container uses is its memory without files that were only read, and per cent of a core", () => {
  const stats = {
    ...{ read, preread, cpu_stats: cpu(1.75e9), precpu_stats: cpu(0.25e9) },
    memory_stats: { usage: 100, stats: { inactive_file: 30 } },
    pids_stats: { current: 12 },
  };

  expect(usageOf(stats, 2)).toEqual({ memory: 70, cpuPercent: 150, processes: 2 });
  expect(usageOf(stats, undefined).processes).toBe(12);
});

it("the first version of control groups calls these files something else", () => {
  const memory_stats = { usage: 100, stats: { total_inactive_file: 40 } };

  expect(usageOf({ memory_stats }, 1)).toEqual({ memory: 60, processes: 1 });
});

it("a container that has just ended uses nothing", () => {
  expect(usageOf({}, undefined)).toEqual({ memory: 0, processes: 0 });
});

it("nothing is known of the processor until there is a look to compare with", () => {
  const stats = {
    read,
    preread: "0001-01-01T00:00:00Z",
    cpu_stats: cpu(1e9),
    precpu_stats: cpu(0),
  };

  expect(usageOf(stats, 1)).toEqual({ memory: 0, processes: 1 });
});
