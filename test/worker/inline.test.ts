import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/worker/exit-codes.ts";
import { runWorker } from "../../src/worker/run-worker.ts";
import { WorkerStage } from "../support/worker-stage.ts";

describe("a worker inline", () => {
  it("works in this process until its signal is aborted", async () => {
    const stage = await WorkerStage.open();
    const launch = await stage.register();
    const leave = new AbortController();
    const ending = runWorker(launch, { signal: leave.signal });

    const task = await stage.run({ act: "answer", value: 42 });
    leave.abort();

    expect(task).toMatchObject({ state: "completed", result: 42 });
    expect(await ending).toBe(exitCodes.left);
    expect(await stage.worker(launch.workerId)).toMatchObject({
      state: "dead",
      process: { pid: process.pid },
    });
  });

  it("keeps its lease while it blocks the event loop of its host", async () => {
    const stage = await WorkerStage.open();
    const launch = await stage.register();
    const leave = new AbortController();
    const ending = runWorker(launch, { signal: leave.signal });

    const task = await stage.run({
      act: "blockUntilFound",
      database: stage.path,
      query: "select 1 from workers where status = 'busy' and beats > 5",
    });
    leave.abort();

    expect(task).toMatchObject({ state: "completed", attempt: 1 });
    expect((await stage.worker(launch.workerId)).beats).toBeGreaterThan(5);
    await ending;
  });

  it("spares its host when an attempt does not stop, and is given up itself", async () => {
    const stage = await WorkerStage.open();
    const launch = await stage.register();
    const ending = runWorker(launch);
    const retry = { maxAttempts: 1, on: "any", backoffMs: 1, maxBackoffMs: 1 } as const;

    const task = await stage.run(
      {
        act: "blockUntilFound",
        database: stage.path,
        query: "select 1 from tasks where state = 'failed'",
      },
      { timeoutMs: 200, retry },
    );

    expect(task.failure?.kind).toBe("timed_out");
    expect(await ending).toBe(exitCodes.gaveUp);
    expect((await stage.worker(launch.workerId)).state).toBe("failed");
  });
});
