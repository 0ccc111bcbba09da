import { describe, expect, it } from "vitest";
import {
  expectNoViolation,
  startsOf,
  submit,
  untilEnded,
  untilStarted,
  withStore,
} from "./engine.ts";
import { markedProcesses } from "./processes.ts";
import { taskMark } from "./run-guard.ts";
import { playScenario } from "./scenario.ts";
import { type Stage, until } from "./stage.ts";
import { supervise } from "./supervision.ts";
import { commandTask } from "./tasks.ts";

/** The program leaves children that ignore SIGTERM, and some that changed their session too. */
describe("grandchildren that ignore SIGTERM or call setsid", () => {
  it("are gone when their program has ended by itself", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "command", count: 1 }]);
      const task = commandTask({ folder: stage.folder }, { ms: 300 });
      await submit(stage, task);

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed" });

      expect(childrenOf(task.id)).toEqual([]);
      await supervisor.stop(30_000);
      await expectNoViolation(stage);
    }));

  it("are gone when their task is cancelled", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "command", count: 1 }]);
      const task = await startLongCommand(stage);

      await withStore(stage, (store) =>
        store.cancel({ taskId: task.id, reason: "no longer wanted", now: Date.now() }),
      );

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "cancelled" });
      expect(childrenOf(task.id)).toEqual([]);
      await supervisor.stop(30_000);
      await expectNoViolation(stage, [task.id]);
    }));

  it("are gone when their task's deadline has passed", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "command", count: 1 }]);
      const task = await startLongCommand(stage, 6_000);

      expect(await untilEnded(stage, task.id)).toMatchObject({
        state: "failed",
        failure: { kind: "timed_out" },
      });

      expect(childrenOf(task.id)).toEqual([]);
      await supervisor.stop(30_000);
      await expectNoViolation(stage, [task.id]);
    }));

  it("are gone before the task of a killed worker runs again", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "command", count: 2 }]);
      const task = await startLongCommand(stage, undefined, 8_000);
      const [worker] = stage.processes().filter((seen) => isWorkerOf(stage, task.id, seen.pid));

      if (worker) process.kill(worker.pid, "SIGKILL");
      expect(worker).toBeDefined();
      await untilStarted(stage, task.id, 2);

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed", attempt: 2 });
      await supervisor.stop(30_000);
      await expectNoViolation(stage);
    }));

  it("are gone when their supervisor is stopped while they run", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "command", count: 1 }]);
      const task = await startLongCommand(stage);

      await supervisor.stop(30_000);

      expect(await stage.survivors(5_000)).toEqual([]);
      await withStore(stage, async (store) => {
        expect(await store.findTask(task.id)).toMatchObject({ state: "pending" });
      });
    }));
});

async function startLongCommand(stage: Stage, timeoutMs?: number, ms = 60_000) {
  const retry = { maxAttempts: 2, on: "infrastructure", backoffMs: 20, maxBackoffMs: 20 } as const;
  const wishes = { folder: stage.folder, retry, ...(timeoutMs !== undefined && { timeoutMs }) };
  const task = commandTask(wishes, { ms });
  await submit(stage, task);
  await untilStarted(stage, task.id);
  await until("its grandchildren run", 20_000, () => childrenOf(task.id).length >= 5);
  return task;
}

function childrenOf(taskId: string): string[] {
  return markedProcesses(taskMark, taskId).map(({ pid, command }) => `${pid} ${command}`);
}

/** The worker is the parent of the program that took the task's lock. */
function isWorkerOf(stage: Stage, taskId: string, pid: number): boolean {
  const program = startsOf(stage, taskId).at(-1);
  return stage.processes().some((seen) => seen.pid === program && seen.parent === pid);
}
