import { describe, expect, it } from "vitest";
import type { WorkerState } from "../../src/domain/worker-state.ts";
import {
  expectNoViolation,
  startsOf,
  submit,
  untilEnded,
  untilStarted,
  withStore,
} from "./engine.ts";
import { monotonicMs, readRecords } from "./journal.ts";
import { seeProcess, signalProcess } from "./processes.ts";
import { playScenario } from "./scenario.ts";
import { type Stage, until } from "./stage.ts";
import { supervise } from "./supervision.ts";
import { chaosTask } from "./tasks.ts";

describe("SIGSTOP of a worker past its lease", () => {
  it("ends it before its task runs again, and SIGCONT wakes nobody", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }]);
      const task = chaosTask({ folder: stage.folder }, { ms: 4_000, behave: "wait", child: true });
      await submit(stage, task);
      await untilStarted(stage, task.id);
      const [worker] = startsOf(stage, task.id).map(seeProcess);

      if (worker) signalProcess(worker, "SIGSTOP");
      await untilStarted(stage, task.id, 2);
      if (worker) expect(signalProcess(worker, "SIGCONT")).toBe(false);

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed", attempt: 2 });
      await supervisor.stop(30_000);
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
      await untilWorkers(stage, "hung");
      if (worker) signalProcess(worker, "SIGCONT");

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed", attempt: 1 });
      await supervisor.stop(30_000);
      await expectNoViolation(stage);
    }));
});

describe("a worker that freezes while it holds the store's lock", () => {
  it("is ended, although nobody can write, and its task runs again", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }]);
      await untilWorkers(stage, "idle", 2);
      const task = chaosTask(
        { folder: stage.folder },
        { ms: 100, behave: "wait", freezeWithLockOf: stage.dbPath },
      );
      await submit(stage, task);

      await untilStarted(stage, task.id, 2);

      expect(await untilEnded(stage, task.id)).toMatchObject({ state: "completed", attempt: 2 });
      await supervisor.stop(30_000);
      await expectNoViolation(stage);
    }));
});

describe("a judge who calls a stopped worker dead without ending it", () => {
  it("cannot make its late completion count", () =>
    playScenario(async (stage) => {
      const supervisor = supervise(stage, [{ type: "chaos", count: 2 }], {
        stalledAfterMs: 60_000,
        timing: { heartbeatMs: 10_000, leaseMs: 30_000 }, // nothing tells it before it reports
      });
      await untilWorkers(stage, "idle", 2);
      const task = chaosTask({ folder: stage.folder }, { ms: 4_000, behave: "wait" });
      await submit(stage, task);
      await untilStarted(stage, task.id);
      const [late] = startsOf(stage, task.id).map(seeProcess);
      if (!late) throw new Error("the first run's worker is gone");

      signalProcess(late, "SIGSTOP");
      supervisor.actor.signal("SIGSTOP"); // it would put right what the judge does wrong
      await until("the late run is overdue", 20_000, () => msSinceFirstStart(stage) > 4_000);
      await endWorkerOf(stage, task.id);
      await untilStarted(stage, task.id, 2);
      signalProcess(late, "SIGCONT");

      const ended = await untilEnded(stage, task.id);
      supervisor.actor.signal("SIGCONT");
      await supervisor.stop(30_000);
      expect(ended).toMatchObject({ state: "completed", attempt: 2, result: { attempt: 2 } });
      const kinds = readRecords(stage.journalPath).map(({ kind }) => kind);
      // The checker saw what the judge did, and both runs came to their end.
      expect(kinds.toSorted()).toEqual(["end", "end", "overlap", "start", "start"]);
    }));
});

describe("a worker that has no pulse to tell it that it was given up", () => {
  it("is refused by the store when it reports", () =>
    playScenario(async (stage) => {
      const task = chaosTask({ folder: stage.folder }, { ms: 4_000, behave: "wait" });
      await submit(stage, task);
      const late = stage.start("claim-and-report-late", {
        dbPath: stage.dbPath,
        folder: stage.folder,
      });
      await untilStarted(stage, task.id);

      late.signal("SIGSTOP");
      await endWorkerOf(stage, task.id);
      const supervisor = supervise(stage, [{ type: "chaos", count: 1 }], {
        stalledAfterMs: 60_000,
      });
      await untilStarted(stage, task.id, 2);
      late.signal("SIGCONT");
      await late.exited;

      expect(late.output().trim()).toBe("superseded");
      expect(await untilEnded(stage, task.id)).toMatchObject({
        state: "completed",
        attempt: 2,
        result: { attempt: 2 },
      });
      await supervisor.stop(30_000);
    }));
});

function msSinceFirstStart(stage: Stage): number {
  const [first] = readRecords(stage.journalPath);
  return monotonicMs() - (first?.at ?? monotonicMs());
}

async function untilWorkers(stage: Stage, state: WorkerState, count = 1): Promise<void> {
  await withStore(stage, (store) =>
    until(`${count} workers are ${state}`, 20_000, async () => {
      return (await store.listWorkers({ states: [state] })).length >= count;
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
