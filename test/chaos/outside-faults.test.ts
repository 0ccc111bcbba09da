import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBeside } from "../support/open-beside.ts";
import {
  eventsOf,
  expectNoViolation,
  fakeClock,
  submit,
  untilAllEnded,
  untilStarted,
  withStore,
} from "./engine.ts";
import { readAcknowledged } from "./journal.ts";
import { Keeper } from "./keeper.ts";
import type { SubmitOrder } from "./programs/submit-tasks.ts";
import { playScenario } from "./scenario.ts";
import { type Stage, until } from "./stage.ts";
import { supervise } from "./supervision.ts";
import { chaosTask } from "./tasks.ts";

describe("a store that a stranger keeps locked for 10 s", () => {
  it("costs no task its attempt and no worker its life", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 3 }], {
        stalledAfterMs: 30_000,
      });
      const tasks = [500, 2_000, 6_000, 50, 50, 50].map((ms) =>
        chaosTask({ folder: stage.folder }, { ms, behave: "wait" }),
      );
      await submit(stage, ...tasks);
      await untilStarted(stage, tasks[2]?.id ?? "");

      const stranger = stage.start("hold-lock", { dbPath: stage.dbPath, ms: 10_000 });
      await until("the store is locked", 20_000, () => stranger.output().includes("locked"));
      expect(await stranger.exited).toBe("0");

      await untilAllEnded(stage, 20_000);
      await supervisor.stop(30_000);
      expect(
        await attemptsOf(
          stage,
          tasks.map(({ id }) => id),
        ),
      ).toEqual([1, 1, 1, 1, 1, 1]);
      expect(await eventTypesOf(stage)).not.toContain("worker_failed");
      await expectNoViolation(stage);
    }));
});

describe("a full disk", () => {
  it("refuses what it cannot keep, and loses nothing that it acknowledged", async ({ skip }) => {
    const problem = await playOnSmallDisk(async (stage, disk) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }], {
        stalledAfterMs: 30_000,
      });
      const submitter = new Keeper(stage, "submit-tasks", fatOrder(stage));
      await until("some tasks are acknowledged", 20_000, () => acknowledged(stage) >= 5);

      disk.fill();
      await until("the store refuses tasks", 20_000, () => refusals(stage).includes("store_full"));
      stage.note("the disk was full");
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      disk.free();

      await submitter.done;
      await untilAllEnded(stage, 40_000);
      await supervisor.stop(30_000);
      expect(integrityOf(stage.dbPath)).toBe("ok");
      await expectNoViolation(stage);
    });
    if (problem !== undefined) skip(`NOT PROVEN HERE: ${problem}`);
  });
});

describe("a wall clock that jumps", () => {
  it.each([
    ["an hour forward", 3_600_000],
    ["an hour back", -3_600_000],
  ])("%s makes nobody late or dead", (_, offset) =>
    playScenario(async (stage) => {
      const clock = join(stage.folder, "clock");
      const env = { NODE_OPTIONS: `--import=${fakeClock}`, CLX_CHAOS_CLOCK: clock };
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }], {
        ...{ env, stalledAfterMs: 30_000, timing: { leaseMs: 5_000 } },
      });
      const before = [2_500, 2_500, 50].map((ms) => wait(stage, ms));
      await submit(stage, ...before);
      await untilStarted(stage, before[1]?.id ?? "");

      writeFileSync(clock, String(offset));

      const after = Array.from({ length: 10 }, () => wait(stage, 50));
      await submit(stage, ...after);
      await untilAllEnded(stage, 20_000);
      await supervisor.stop(30_000);
      const ids = [...before, ...after].map(({ id }) => id);
      expect(new Set(await attemptsOf(stage, ids))).toEqual(new Set([1]));
      expect(await eventTypesOf(stage)).not.toContain("worker_hung");
      expect(await eventTypesOf(stage)).not.toContain("worker_failed");
      await expectNoViolation(stage);
    }),
  );
});

function wait(stage: Stage, ms: number) {
  return chaosTask({ folder: stage.folder }, { ms, behave: "wait" });
}

async function attemptsOf(stage: Stage, ids: readonly string[]): Promise<number[]> {
  return withStore(stage, async (store) => {
    const tasks = await Promise.all(ids.map((id) => store.findTask(id)));
    return tasks.map((task) => task?.attempt ?? 0);
  });
}

async function eventTypesOf(stage: Stage): Promise<string[]> {
  return (await eventsOf(stage)).map(({ type }) => type);
}

interface SmallDisk {
  fill(): void;
  free(): void;
}

/** Returns why it could not be played, if so. */
async function playOnSmallDisk(
  play: (stage: Stage, disk: SmallDisk) => Promise<void>,
): Promise<string | undefined> {
  let problem: string | undefined;
  await playScenario(async (stage) => {
    const mounted = join(stage.folder, "store");
    mkdirSync(mounted, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", mounted], { stdio: "pipe" });
    } catch (error) {
      problem = `a small disk cannot be mounted: ${String(error)}`;
      return;
    }
    try {
      await play(stage, smallDisk(mounted));
    } finally {
      await stage.clear();
      execFileSync("umount", ["-l", mounted]);
    }
  });
  return problem;
}

function smallDisk(folder: string): SmallDisk {
  const ballast = join(folder, "ballast");
  return {
    fill() {
      try {
        writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    },
    free: () => rmSync(ballast),
  };
}

function fatOrder(stage: Stage): SubmitOrder {
  return {
    folder: stage.folder,
    dbPath: stage.dbPath,
    acknowledgedPath: stage.acknowledgedPath,
    count: 60,
    gapMs: [10, 50],
    workMs: [20, 200],
    kinds: ["chaos"],
    seed: stage.seed,
    ballast: 20_000,
  };
}

function acknowledged(stage: Stage): number {
  return readAcknowledged(stage.acknowledgedPath).length;
}

function refusals(stage: Stage): string {
  const path = join(stage.folder, "refusals.txt");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function integrityOf(path: string): unknown {
  const db = openBeside(path);
  try {
    return db.prepare("pragma integrity_check").get()?.integrity_check;
  } finally {
    db.close();
  }
}
