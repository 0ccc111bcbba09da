import { describe, expect, it } from "vitest";
import {
  eventsOf,
  expectNoViolation,
  startsOf,
  submit,
  untilAllEnded,
  untilEnded,
  untilStarted,
} from "./engine.ts";
import { playScenario } from "./scenario.ts";
import { type Stage, until } from "./stage.ts";
import { supervise } from "./supervision.ts";
import { chaosTask } from "./tasks.ts";

describe("kill -9 of a supervisor", () => {
  it("leaves persistent workers at their work, and the next supervisor adopts them", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2, persistent: true }], {
        stalledAfterMs: 30_000,
      });
      const task = chaosTask({ folder: stage.folder }, { ms: 4_000, behave: "wait", child: true });
      await submit(stage, task);
      await untilStarted(stage, task.id);

      supervisor.actor.signal("SIGKILL");

      await untilEvent(stage, "worker_adopted");
      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed", attempt: 1 });
      await supervisor.stop(30_000);
      await expectNoViolation(stage);
    }));

  it("does not keep the next one from seeing an adopted worker die", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 1, persistent: true }]);
      const task = chaosTask({ folder: stage.folder }, { ms: 10_000, behave: "wait", child: true });
      await submit(stage, task);
      await untilStarted(stage, task.id);
      supervisor.actor.signal("SIGKILL");
      await untilEvent(stage, "worker_adopted");

      process.kill(startsOf(stage, task.id)[0] ?? 0, "SIGKILL");

      expect(await untilEnded(stage, task.id, 40_000)).toMatchObject({
        ...{ state: "completed", attempt: 2 },
      });
      await supervisor.stop(30_000);
      await expectNoViolation(stage);
    }));

  it("makes its other workers leave, and their tasks run under the next one", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }]);
      const tasks = Array.from({ length: 6 }, () =>
        chaosTask({ folder: stage.folder }, { ms: 1_000, behave: "wait", child: true }),
      );
      await submit(stage, ...tasks);
      await untilStarted(stage, tasks[0]?.id ?? "");

      supervisor.actor.signal("SIGKILL");

      await untilAllEnded(stage, 30_000);
      await supervisor.stop(30_000);
      await expectNoViolation(stage);
    }));
});

async function untilEvent(stage: Stage, wanted: string): Promise<void> {
  await until(`there is an event ${wanted}`, 20_000, async () => {
    return (await eventsOf(stage)).some(({ type }) => type === wanted);
  });
}
