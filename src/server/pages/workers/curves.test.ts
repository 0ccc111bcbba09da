import { describe, expect, it } from "vitest";
import { curvesOf } from "./curves.ts";

const now = 6_000_000;
const lengthMs = 600_000;

function sample(at: number, memory = 1) {
  return { at, memory, cpuPercent: 50, processes: 1 };
}

describe("the curves of a worker", () => {
  it("are absent when nothing was measured, or not within the time", () => {
    expect(curvesOf([], { now, lengthMs })).toBeUndefined();
    expect(curvesOf([sample(now - lengthMs - 1)], { now, lengthMs })).toBeUndefined();
  });

  it("have sixty steps, the last of which is now", () => {
    const curves = curvesOf([sample(now, 7)], { now, lengthMs });

    expect(curves?.memory).toHaveLength(60);
    expect(curves?.memory.at(-1)).toBe(7);
    expect(curves?.memory.at(0)).toBeUndefined();
  });

  it("are whole where samples come as usual, and have a gap where there was no server", () => {
    const steady = Array.from({ length: 11 }, (_, n) => sample(now - 600_000 + n * 20_000));
    const later = [sample(now - 40_000), sample(now - 20_000), sample(now)];

    const { memory = [] } = curvesOf([...steady, ...later], { now, lengthMs }) ?? {};

    expect(memory.slice(1, 20)).not.toContain(undefined);
    expect(memory.slice(30, 50).every((value) => value === undefined)).toBe(true);
    expect(memory.slice(-4)).not.toContain(undefined);
  });
});
