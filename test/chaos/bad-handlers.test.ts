import { describe, expect, it } from "vitest";
import {
  eventsOf,
  expectNoViolation,
  startsOf,
  submit,
  untilAllEnded,
  untilEnded,
  untilStarted,
  withStore,
} from "./engine.ts";
import { playScenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { supervise } from "./supervision.ts";
import { chaosTask } from "./tasks.ts";

const oneAttempt = {
  maxAttempts: 1,
  on: "infrastructure",
  backoffMs: 20,
  maxBackoffMs: 20,
} as const;

describe("a handler that blocks its event loop for longer than lease and heartbeat", () => {
  it("is neither called dead nor run again", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }], {
        ...{ stalledAfterMs: 5_000, timing: { leaseMs: 3_000 } },
      });
      const task = chaosTask({ folder: stage.folder }, { ms: 8_000, behave: "block" });
      await submit(stage, task);

      const ended = await untilEnded(stage, task.id);

      await supervisor.stop(30_000);
      expect(ended).toMatchObject({ state: "completed", attempt: 1 });
      expect(await eventTypesOf(stage)).not.toContain("worker_hung");
      expect(await eventTypesOf(stage)).not.toContain("worker_failed");
      await expectNoViolation(stage);
    }));

  it("is ended by its deadline", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }]);
      const wishes = { folder: stage.folder, timeoutMs: 1_000, retry: oneAttempt };
      const task = chaosTask(wishes, { ms: 60_000, behave: "block", child: true });
      await submit(stage, task);

      const ended = await untilEnded(stage, task.id);

      expect(ended).toMatchObject({ state: "failed", failure: { kind: "timed_out" } });
      await expectPoolStillWorks(stage);
      await supervisor.stop(30_000);
      await expectNoViolation(stage, [task.id]);
    }));
});

describe("a handler that swallows its abort signal", () => {
  it("is ended when its task is cancelled", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 1 }]);
      const task = chaosTask(
        { folder: stage.folder },
        { ms: 60_000, behave: "swallow", child: true },
      );
      await submit(stage, task);
      await untilStarted(stage, task.id);

      await withStore(stage, (store) =>
        store.cancel({ taskId: task.id, reason: "no longer wanted", now: Date.now() }),
      );

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "cancelled", attempt: 1 });
      await expectPoolStillWorks(stage);
      await supervisor.stop(30_000);
      await expectNoViolation(stage, [task.id]);
    }));

  it("is ended by its deadline", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 1 }]);
      const wishes = { folder: stage.folder, timeoutMs: 800, retry: oneAttempt };
      const task = chaosTask(wishes, { ms: 60_000, behave: "swallow" });
      await submit(stage, task);

      const ended = await untilEnded(stage, task.id);

      expect(ended).toMatchObject({ state: "failed", failure: { kind: "timed_out" } });
      await expectPoolStillWorks(stage);
      await supervisor.stop(30_000);
      await expectNoViolation(stage, [task.id]);
    }));
});

describe("a task that crashes its worker every time", () => {
  it("ends failed with the evidence after its attempts, and the pool survives", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }]);
      const wishes = { folder: stage.folder, retry: { ...oneAttempt, maxAttempts: 3 } };
      const poison = chaosTask(wishes, { ms: 20, behave: "crash" });
      const others = Array.from({ length: 20 }, () =>
        chaosTask({ folder: stage.folder }, { ms: 50, behave: "wait" }),
      );
      await submit(stage, poison, ...others);

      const ended = await untilEnded(stage, poison.id);
      await untilAllEnded(stage, 20_000);

      expect(ended).toMatchObject({
        state: "failed",
        attempt: 3,
        failure: { kind: "worker_died", signal: "SIGSEGV" },
      });
      expect(startsOf(stage, poison.id)).toHaveLength(3);
      expect(await eventTypesOf(stage)).not.toContain("pool_gave_up");
      await supervisor.stop(30_000);
      await expectNoViolation(stage, [poison.id]);
    }));
});

async function expectPoolStillWorks(stage: Stage): Promise<void> {
  const next = chaosTask({ folder: stage.folder }, { ms: 10, behave: "wait" });
  await submit(stage, next);
  expect(await untilEnded(stage, next.id)).toMatchObject({ state: "completed" });
}

async function eventTypesOf(stage: Stage): Promise<string[]> {
  return (await eventsOf(stage)).map(({ type }) => type);
}
