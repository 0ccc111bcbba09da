import { describe, expect, it } from "vitest";
import {
  expectNoViolation,
  startsOf,
  submit,
  untilEnded,
  untilStarted,
  withStore,
} from "./engine.ts";
import { readRecords } from "./journal.ts";
import { seeProcess, signalProcess } from "./processes.ts";
import { playScenario } from "./scenario.ts";
import { type Stage, until } from "./stage.ts";
import { supervise } from "./supervision.ts";
import { chaosTask } from "./tasks.ts";

describe("SIGSTOP of a worker past its lease", () => {
  it("ends it before its task runs again, and SIGCONT wakes nobody", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }]);
      const task = chaosTask({ folder: stage.folder }, { ms: 1_000, behave: "wait", child: true });
      await submit(stage, task);
      await untilStarted(stage, task.id);
      const [worker] = startsOf(stage, task.id).map(seeProcess);

      if (worker) signalProcess(worker, "SIGSTOP");
      await untilStarted(stage, task.id, 2);
      if (worker) expect(signalProcess(worker, "SIGCONT")).toBe(false);

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed", attempt: 2 });
      await supervisor.stop(10_000);
      await expectNoViolation(stage);
    }));

  it("takes no work from it when it wakes before it counts as stalled", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }], {
        stalledAfterMs: 20_000,
      });
      const task = chaosTask({ folder: stage.folder }, { ms: 1_000, behave: "wait" });
      await submit(stage, task);
      await untilStarted(stage, task.id);
      const [worker] = startsOf(stage, task.id).map(seeProcess);

      if (worker) signalProcess(worker, "SIGSTOP");
      await untilWorker(stage, "hung");
      if (worker) signalProcess(worker, "SIGCONT");

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed", attempt: 1 });
      await supervisor.stop(10_000);
      await expectNoViolation(stage);
    }));
});

describe("a judge who calls a stopped worker dead without ending it", () => {
  it("cannot make its late completion count", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }], {
        stalledAfterMs: 60_000,
      });
      const task = chaosTask({ folder: stage.folder }, { ms: 2_000, behave: "wait" });
      await submit(stage, task);
      await untilStarted(stage, task.id);
      const [late] = startsOf(stage, task.id).map(seeProcess);
      if (!late) throw new Error("the first run's worker is gone");

      signalProcess(late, "SIGSTOP");
      await endWorkerOf(stage, task.id);
      await untilStarted(stage, task.id, 2);
      signalProcess(late, "SIGCONT");

      const ended = await untilEnded(stage, task.id);
      await supervisor.stop(10_000);
      const runs = readRecords(stage.journalPath).filter(({ kind }) => kind === "overlap");
      expect(ended).toMatchObject({ state: "completed", attempt: 2, result: { attempt: 2 } });
      expect(runs.length).toBeGreaterThan(0); // the checker saw what the judge did
    }));
});

async function untilWorker(stage: Stage, state: "hung"): Promise<void> {
  await withStore(stage, (store) =>
    until(`a worker is ${state}`, 10_000, async () => {
      return (await store.listWorkers({ states: [state] })).length > 0;
    }),
  );
}

async function endWorkerOf(stage: Stage, taskId: string): Promise<void> {
  await withStore(stage, async (store) => {
    const task = await store.findTask(taskId);
    const message = "a wrong judge said so";
    await store.endWorker({
      workerId: task?.workerId ?? "",
      event: "fail",
      ending: { reason: message },
      tasks: { kind: "failed", failure: { kind: "lease_lost", message } },
      now: Date.now(),
      jitter: 0,
    });
  });
}
