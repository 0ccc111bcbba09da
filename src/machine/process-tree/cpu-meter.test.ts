import { describe, expect, it } from "vitest";
import type { SeenProcess } from "../process-table.ts";
import { CpuMeter } from "./cpu-meter.ts";

describe("the processor time of a tree", () => {
  it("is not known until two looks have been far enough apart, and 0 where there is nobody", () => {
    const meter = new CpuMeter();

    expect(meter.percentOf([used(1, 5_000)], 0)).toBeUndefined();
    expect(meter.percentOf([used(1, 5_010)], 100)).toBeUndefined();
    expect(meter.percentOf([used(1, 5_500)], 1_000)).toBe(50);
    expect(new CpuMeter().percentOf([], 0)).toBe(0);
  });

  it("is what all of it used since the last look, those that are new included", () => {
    const meter = new CpuMeter();
    meter.percentOf([used(1, 5_000)], 0);

    expect(meter.percentOf([used(1, 5_500), used(2, 1_000)], 1_000)).toBe(150);
    expect(meter.percentOf([used(2, 1_250)], 2_000)).toBe(25);
  });

  it("stays what it was when the next look comes too early to tell", () => {
    const meter = new CpuMeter();
    meter.percentOf([used(1, 0)], 0);
    meter.percentOf([used(1, 500)], 1_000);

    expect(meter.percentOf([used(1, 510)], 1_001)).toBe(50);
    expect(meter.percentOf([used(1, 1_500)], 2_000)).toBe(100);
  });

  it("does not take a reused pid for the process that had it before", () => {
    const meter = new CpuMeter();
    meter.percentOf([used(1, 9_000)], 0);

    expect(meter.percentOf([{ ...used(1, 100), startedAt: "later" }], 1_000)).toBe(10);
  });
});

function used(pid: number, cpuMs: number): SeenProcess {
  return {
    pid,
    cpuMs,
    parent: 1,
    group: 1,
    session: 1,
    startedAt: "1",
    startOrder: 1,
    memory: 0,
  };
}
