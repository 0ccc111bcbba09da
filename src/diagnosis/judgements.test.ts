import { describe, expect, it } from "vitest";
import type { Worker } from "../domain/worker.ts";
import { someProcess } from "../store/conformance/stage.ts";
import { checkDisk } from "./check-disk.ts";
import { checkMemory, type MemoryParams } from "./check-memory.ts";
import { checkOrphans } from "./check-orphans.ts";
import { checkClock, checkNode, checkPlatform, unwatched } from "./check-system.ts";
import { holderWords } from "./database-holders.ts";

const gib = 1024 ** 3;
const now = Date.parse("2026-03-01T12:00:00Z");

describe("Node", () => {
  it.each([
    ["22.18.0", "ok"],
    ["24.1.0", "ok"],
    ["22.17.9", "problem"],
    ["20.20.0", "problem"],
  ])("%s is judged %s", (version, level) => {
    expect(checkNode(version).level).toBe(level);
  });

  it("is of use only where processes can be followed", () => {
    expect(checkPlatform("linux")).toEqual([]);
    expect(checkPlatform("win32")).toMatchObject([{ level: "problem" }]);
  });
});

describe("the clock", () => {
  it.each([
    ["agrees with everything", { now }, "ok"],
    ["agrees within a minute", { now, fileTime: now - 59_000, latest: now + 59_000 }, "ok"],
    ["stands years ago", { now: Date.parse("1970-01-02") }, "problem"],
    ["is behind the database", { now, latest: now + 3_600_000 }, "warning"],
    ["differs from the file system", { now, fileTime: now - 120_000 }, "warning"],
  ])("that %s is judged", (_, signs, level) => {
    expect(checkClock(signs).level).toBe(level);
  });
});

it("names the limit that keeps files from being watched", () => {
  const refused = (code: string) =>
    unwatched(Object.assign(new Error("no"), { code }), "/srv").fix ?? "";

  expect(refused("ENOSPC")).toContain("fs.inotify.max_user_watches");
  expect(refused("EMFILE")).toContain("fs.inotify.max_user_instances");
  expect(unwatched(new Error("odd"), "/srv").level).toBe("warning");
});

describe("the disk", () => {
  it.each([
    [10 * gib, "ok"],
    [0.5 * gib, "warning"],
    [0.01 * gib, "problem"],
  ])("with %i bytes free is judged %s", (free, level) => {
    expect(checkDisk("database", "/srv", { free, total: 100 * gib }).level).toBe(level);
  });
});

describe("memory", () => {
  it("tells of a container's limit", () => {
    const [memory] = checkMemory(memoryOf({ installed: 64 * gib }));

    expect(memory?.message).toMatch(/a container or group limits it, the machine has 64.0 GiB/);
  });

  it("has room for the workers that are wanted, the running ones among them", () => {
    const wanted = [{ type: "notebook", count: 3, expectedMemory: 4 * gib }];
    const running = { type: "notebook", expectedMemory: 4 * gib, memory: 4 * gib };

    const few = checkMemory(memoryOf({ wanted }));
    const enough = checkMemory(memoryOf({ wanted, workers: [running] }));

    expect(few[1]).toMatchObject({
      level: "warning",
      message: expect.stringContaining("room for 2 of 3 notebook workers"),
      fix: expect.stringContaining("workers.notebook.count to 2"),
    });
    expect(enough[1]).toMatchObject({ level: "ok" });
  });

  it("is a problem where not even one worker has room", () => {
    const wanted = [{ type: "simulation", count: 1, expectedMemory: 32 * gib }];

    expect(checkMemory(memoryOf({ wanted }))[1]).toMatchObject({ level: "problem" });
  });

  it("is worth a warning when the system is short of it, or has ended processes for it", () => {
    const { machine, ...others } = memoryOf({});

    const checks = checkMemory({
      ...others,
      machine: { ...machine, pressure: "warning", oomKills: 2 },
    });

    expect(checks.slice(1)).toMatchObject([{ name: "memory_pressure" }, { name: "oom_kills" }]);
  });
});

describe("orphans", () => {
  const parent = someProcess({ pid: 2 });
  const row: Worker = {
    ...{ id: "w", type: "echo", queue: "default", mode: "direct", concurrency: 1, beats: 0 },
    ...{ persistent: false, expectedMemory: 0, registeredAt: 0, taskIds: [], busyMs: 0 },
    ...{
      tasksCompleted: 0,
      tasksFailed: 0,
      state: "dead",
      process: someProcess({ pid: 7 }),
      parent,
    },
  };

  it("are processes that outlive their row and their supervisor", () => {
    const only =
      (...alive: number[]) =>
      ({ pid }: { pid: number }) =>
        alive.includes(pid);

    expect(checkOrphans([row], only(7))).toMatchObject([
      { name: "orphans", message: expect.stringContaining("7"), level: "warning" },
    ]);
    expect(checkOrphans([row], only(2, 7))).toEqual([]);
    expect(checkOrphans([row], only())).toEqual([]);
    expect(checkOrphans([{ ...row, mode: "inline" }], only(7))).toEqual([]);
  });
});

it("names a holder by its pid where its command is not ours to know", () => {
  expect(holderWords({ pid: 5, command: "", keepsOthersOut: true })).toBe("process 5");
});

function memoryOf(fields: Partial<MemoryParams>): MemoryParams {
  return {
    machine: {
      ...{ memoryTotal: 16 * gib, memoryAvailable: 12 * gib, physicalCores: 8 },
      ...{ platform: "linux", pressure: "normal", oomKills: 0 },
    },
    ...{ installed: 16 * gib, workers: [], wanted: [] },
    ...fields,
  };
}
