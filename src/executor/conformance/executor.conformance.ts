import { describe, expect, it, onTestFinished } from "vitest";
import type { RunningWorker, StartOrder, WorkerExecutor } from "../executor.ts";

export type WorkerBehaviour =
  | "exits_with_0"
  | "exits_with_3"
  | "leaves_when_asked"
  | "ignores_being_asked"
  | "cannot_start";

export interface ExecutorHarness {
  /** An executor whose workers behave so. A second one stands for the first after a restart. */
  open(behaviour: WorkerBehaviour): WorkerExecutor;
  newOrder(): StartOrder;
  /** Resolves once the worker does what its behaviour says. */
  untilSettled(order: StartOrder): Promise<void>;
  readonly startCanFail: boolean;
}

const longGraceMs = 20_000;
const shortGraceMs = 50;

/** The contract of {@link WorkerExecutor}, run against every implementation. */
export function describeExecutor(name: string, newHarness: () => ExecutorHarness): void {
  const { abilities } = newHarness().open("leaves_when_asked");
  const startCanFail = newHarness().startCanFail;

  async function startWorker(behaviour: WorkerBehaviour) {
    const harness = newHarness();
    const executor = harness.open(behaviour);
    const order = harness.newOrder();
    const worker = await executor.start(order);
    onTestFinished(async () => {
      await worker.stop({ graceMs: shortGraceMs });
      await executor.close();
    });
    const reopen = () => harness.open(behaviour);
    return { executor, order, worker, reopen, settled: () => harness.untilSettled(order) };
  }

  describe(`${name} keeps the executor's contract`, () => {
    describe("start", () => {
      it("gives a reference that is plain data and names the worker", async () => {
        const { worker, order } = await startWorker("leaves_when_asked");

        expect(worker.ref.workerId).toBe(order.launch.workerId);
        expect(JSON.parse(JSON.stringify(worker.ref))).toEqual(worker.ref);
      });

      it.runIf(startCanFail)("says so when nothing was started", async () => {
        const harness = newHarness();
        const executor = harness.open("cannot_start");
        const order = harness.newOrder();

        const started = executor.start(order);

        await expect(started).rejects.toMatchObject({ code: "worker_start_failed" });
        await expect(executor.isRunning({ workerId: order.launch.workerId })).resolves.toBe(false);
      });
    });

    describe("exit", () => {
      it("tells the code of a worker that ended well", async () => {
        const { worker } = await startWorker("exits_with_0");

        await expect(worker.exit).resolves.toEqual({ kind: "exited", code: 0 });
      });

      it("tells the code of a worker that ended badly", async () => {
        const { worker } = await startWorker("exits_with_3");

        await expect(worker.exit).resolves.toEqual({ kind: "exited", code: 3 });
      });

      it("comes after the worker is gone, and only then", async () => {
        const { executor, worker, settled } = await startWorker("leaves_when_asked");
        await settled();

        const whileItRuns = await executor.isRunning(worker.ref);
        await worker.stop({ graceMs: longGraceMs });
        await worker.exit;
        const afterItsExit = await executor.isRunning(worker.ref);

        expect([whileItRuns, afterItsExit]).toEqual([true, false]);
      });
    });

    describe("stop", () => {
      it("lets a worker that leaves when asked end by itself", async () => {
        const { worker, settled } = await startWorker("leaves_when_asked");
        await settled();

        const exit = await worker.stop({ graceMs: longGraceMs });

        expect(exit).toEqual({ kind: "exited", code: 0 });
      });

      it.runIf(abilities.kills)("kills a worker that does not leave", async () => {
        const { executor, worker, settled } = await startWorker("ignores_being_asked");
        await settled();

        const exit = await worker.stop({ graceMs: shortGraceMs });

        expect(exit).toEqual({ kind: "killed", signal: "SIGKILL" });
        await expect(executor.isRunning(worker.ref)).resolves.toBe(false);
      });

      it.skipIf(abilities.kills)("gives up a worker that does not leave", async () => {
        const { executor, worker, settled } = await startWorker("ignores_being_asked");
        await settled();

        const exit = await worker.stop({ graceMs: shortGraceMs });

        expect(exit).toMatchObject({ kind: "lost" });
        await expect(executor.isRunning(worker.ref)).resolves.toBe(false);
      });

      it("is harmless once the worker has ended, and tells how it did", async () => {
        const { worker } = await startWorker("exits_with_3");
        await worker.exit;

        const exits = [
          await worker.stop({ graceMs: longGraceMs }),
          await worker.stop({ graceMs: 0 }),
        ];

        expect(exits).toEqual(exits.map(() => ({ kind: "exited", code: 3 })));
      });

      it("may be asked for twice at once", async () => {
        const { worker, settled } = await startWorker("leaves_when_asked");
        await settled();

        const exits = await Promise.all([
          worker.stop({ graceMs: longGraceMs }),
          worker.stop({ graceMs: longGraceMs }),
        ]);

        expect(exits).toEqual(exits.map(() => ({ kind: "exited", code: 0 })));
      });
    });

    describe("reattach", () => {
      it("finds a worker again", async () => {
        const { executor, worker, settled } = await startWorker("leaves_when_asked");
        await settled();

        const found = await executor.reattach(worker.ref);

        expect(found?.ref).toEqual(worker.ref);
      });

      it.runIf(abilities.survivesParent)("finds it from another executor", async () => {
        const { worker, reopen, settled } = await startWorker("leaves_when_asked");
        await settled();
        const other = reopen();

        const found = await other.reattach(worker.ref);
        await found?.stop({ graceMs: longGraceMs });

        expect(found?.ref).toEqual(worker.ref);
        await expect(worker.exit).resolves.toEqual({ kind: "exited", code: 0 });
        await other.close();
      });

      it.runIf(abilities.survivesParent)("sees the exit of what it found", async () => {
        const { worker, reopen, settled } = await startWorker("leaves_when_asked");
        await settled();
        const other = reopen();
        const found = (await other.reattach(worker.ref)) as RunningWorker;

        await worker.stop({ graceMs: longGraceMs });

        expect(["lost", "exited"]).toContain((await found.exit).kind);
        await other.close();
      });

      it("finds nothing of a worker that is gone", async () => {
        const { executor, worker, reopen } = await startWorker("exits_with_0");
        await worker.exit;

        const found = [await executor.reattach(worker.ref), await reopen().reattach(worker.ref)];

        expect(found).toEqual([undefined, undefined]);
      });

      it("finds nothing of a worker that never was", async () => {
        const executor = newHarness().open("leaves_when_asked");

        await expect(executor.reattach({ workerId: "nobody" })).resolves.toBeUndefined();
      });
    });

    describe("stats", () => {
      it("tells what a running worker uses, and nothing of one that is gone", async () => {
        const { executor, worker, settled } = await startWorker("leaves_when_asked");
        await settled();

        const whileItRuns = await executor.stats(worker.ref);
        await worker.stop({ graceMs: longGraceMs });
        const afterItsExit = await executor.stats(worker.ref);

        expect(whileItRuns).toMatchObject({
          memory: expect.any(Number),
          processes: expect.any(Number),
        });
        expect(afterItsExit).toBeUndefined();
      });
    });

    describe("cleanup", () => {
      it("is harmless when nothing is left", async () => {
        const { executor, worker } = await startWorker("exits_with_0");
        await worker.exit;

        await expect(executor.cleanup(worker.ref)).resolves.toBe(0);
      });

      it.runIf(abilities.kills)("ends a worker that was given up", async () => {
        const { executor, worker, settled } = await startWorker("ignores_being_asked");
        await settled();

        const ended = await executor.cleanup(worker.ref);

        expect(ended).toBe(1);
        await expect(executor.isRunning(worker.ref)).resolves.toBe(false);
      });
    });

    describe("close", () => {
      it.runIf(abilities.survivesParent)("leaves running workers alone", async () => {
        const { executor, worker, reopen, settled } = await startWorker("leaves_when_asked");
        await settled();

        await executor.close();

        const other = reopen();
        await expect(other.isRunning(worker.ref)).resolves.toBe(true);
        await other.cleanup(worker.ref);
        await other.close();
      });
    });
  });
}
