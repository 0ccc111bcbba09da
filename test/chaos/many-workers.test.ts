import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventsOf, expectNoViolation, submit, untilAllEnded, withStore } from "./engine.ts";
import { playScenario } from "./scenario.ts";
import { type Stage, until } from "./stage.ts";
import { supervise } from "./supervision.ts";
import { chaosTask } from "./tasks.ts";

const workerCount = 64;

describe("64 worker processes on one file", () => {
  it("share the work without one busy error", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: workerCount }], {
        stalledAfterMs: 60_000,
      });
      await untilIdle(stage, workerCount);
      const tasks = Array.from({ length: 1_000 }, () =>
        chaosTask({ folder: stage.folder }, { ms: 5, behave: "wait" }),
      );

      await submit(stage, ...tasks);
      await untilAllEnded(stage, 60_000);

      await supervisor.stop(30_000);
      expect(busyErrorsOf(stage)).toEqual([]);
      const events = await eventsOf(stage);
      expect(events.filter(({ type }) => type === "worker_failed")).toEqual([]);
      const workers = new Set(events.flatMap(({ workerId }) => workerId ?? []));
      expect(workers.size).toBe(workerCount);
      await expectNoViolation(stage);
    }));
});

async function untilIdle(stage: Stage, count: number): Promise<void> {
  await withStore(stage, (store) =>
    until(`${count} workers are idle`, 60_000, async () => {
      return (await store.listWorkers({ states: ["idle"] })).length === count;
    }),
  );
}

/** Lines of any log of the scenario that speak of a lock of the store. */
function busyErrorsOf(stage: Stage): string[] {
  return globSync("**/*.log", { cwd: stage.folder }).flatMap((name) => {
    const lines = readFileSync(join(stage.folder, name), "utf8").split("\n");
    return lines.filter((line) => /store_busy|SQLITE_BUSY|locked/i.test(line));
  });
}
