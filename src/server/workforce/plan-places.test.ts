import { describe, expect, it } from "vitest";
import { poolOf } from "../../../test/support/supervisor-stage.ts";
import type { Worker } from "../../domain/worker.ts";
import { addedByHand, forcedByHand, isLeftByServer, planPlaces } from "./plan-places.ts";

const command = poolOf({ name: "command", type: "command", count: 2 });
const resize = poolOf({ name: "resize", type: "resize", count: 1 });

function left(pool: string, over: Partial<Worker> = {}): Worker {
  return {
    ...{ id: `w-${pool}`, type: "command", queue: "default", mode: "direct", pool },
    ...{ concurrency: 1, persistent: true, expectedMemory: 1, state: "idle" },
    ...{ registeredAt: 0, beats: 0, taskIds: [], tasksCompleted: 0, tasksFailed: 0, busyMs: 0 },
    ...over,
  };
}

const seen = (...args: Parameters<typeof planPlaces>) =>
  planPlaces(...args).map(({ name, type, count }) => [name, type, count]);

describe("the places of a server at its start", () => {
  it("are numbered through all types", () => {
    expect(seen([command, resize], [])).toEqual([
      ["worker-0", "command", 1],
      ["worker-1", "command", 1],
      ["worker-2", "resize", 1],
    ]);
  });

  it("keep the names of workers that were left, and fill up what is missing", () => {
    expect(seen([command, resize], [left("worker-0", { type: "resize" }), left("extra")])).toEqual([
      ["worker-0", "resize", 1],
      ["extra", "command", 1],
      ["worker-1", "command", 1],
    ]);
  });

  it("want no more of a type than configured, those added by hand apart", () => {
    const found = [
      ...["worker-0", "worker-1", "worker-2"].map((name) => left(name)),
      left("mine", { configSource: addedByHand }),
    ];

    expect(seen([command], found)).toEqual([
      ["worker-0", "command", 1],
      ["worker-1", "command", 1],
      ["worker-2", "command", 0],
      ["mine", "command", 1],
    ]);
  });

  it("go past the limits of admission again, where they were forced to", () => {
    const found = [
      left("mine", { configSource: addedByHand }),
      left("forced", { configSource: forcedByHand }),
    ];

    const forced = planPlaces([command], found).map(({ name, isForced }) => [name, isForced]);

    expect(forced.slice(0, 2)).toEqual([
      ["mine", undefined],
      ["forced", true],
    ]);
  });

  it("are kept empty for workers of a type or queue that is configured no longer", () => {
    const found = [left("worker-0", { type: "gone" }), left("worker-1", { queue: "other" })];

    expect(seen([{ ...command, count: 0 }], found)).toEqual([
      ["worker-0", "gone", 0],
      ["worker-1", "command", 0],
    ]);
  });
});

describe("a worker that a server has left", () => {
  it("is known by its pool, which is not named after its type", () => {
    expect(isLeftByServer(left("worker-0"))).toBe(true);
    expect(isLeftByServer(left("command"))).toBe(false);
    expect(isLeftByServer(left("worker-0", { persistent: false }))).toBe(false);
    expect(isLeftByServer(left("worker-0", { mode: "inline" }))).toBe(false);
  });
});
