import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processTable } from "../../src/machine/process-table/open.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";
import { WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

/** For attempts that do stop: no machine is so busy that they would be taken for others. */
const patient = { timing: { abortGraceMs: 20_000 } };
const once = { maxAttempts: 1, on: "infrastructure", backoffMs: 1, maxBackoffMs: 1 } as const;
const cancel = (stage: WorkerStage, taskId: string) =>
  stage.store.cancel({ taskId, reason: "not wanted any more", now: Date.now() });

describe("a cancellation", () => {
  it("ends an attempt that heeds its signal, and the worker goes on", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start(patient);
    const id = await stage.submit({ act: "sleep", ms: 60_000 });
    await stage.untilRunning(id);

    await cancel(stage, id);
    const task = await stage.untilEnded(id);

    expect(task.state).toBe("cancelled");
    expect((await stage.run({ act: "answer", value: 1 })).workerId).toBe(worker.id);
  });

  it("comes too late for an attempt that finishes all the same", async () => {
    const stage = await WorkerStage.open();
    await stage.start(patient);
    const id = await stage.submit({ act: "finishUp", ms: 50 });
    await stage.untilRunning(id);

    await cancel(stage, id);
    const task = await stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", result: "finished all the same" });
  });

  it("ends the worker of an attempt that ignores it", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.submit({ act: "ignoreSignal" });
    await stage.untilRunning(id);

    await cancel(stage, id);
    const [task, ended] = await Promise.all([stage.untilEnded(id), worker.ended]);

    expect(task.state).toBe("cancelled");
    expect(ended).toEqual({ code: null, signal: "SIGKILL" });
    const row = await stage.worker(worker.id);
    expect(row.state).toBe("failed");
    expect(row.ending?.reason).toContain(`task ${id} did not stop within 500ms`);
  });

  it("gives back what the same worker ran beside it", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start({ concurrency: 2 });
    const stubborn = await stage.submit({ act: "ignoreSignal" });
    const innocent = await stage.submit({ act: "sleep", ms: 60_000 });
    await stage.untilRunning(stubborn);
    await stage.untilRunning(innocent);

    await cancel(stage, stubborn);
    await worker.ended;

    const task = await stage.task(innocent);
    expect(task).toMatchObject({ state: "pending", attempt: 1, attemptLimit: 4 });
  });

  it("ends a child that the attempt waits for, and spares the worker then", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.submit({ act: "spawnChild", kind: "wait" });
    const child = await childOf(stage, id);

    await cancel(stage, id);
    const task = await stage.untilEnded(id);

    expect(isRunning(child)).toBe(false);
    expect(task.state).toBe("cancelled");
    expect(worker.child.exitCode).toBeNull();
  });

  it("leaves no child of an attempt that ignores it", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.submit({ act: "spawnChild" });
    const child = await childOf(stage, id);

    await cancel(stage, id);
    await worker.ended;

    await until(() => !isRunning(child));
  });
});

describe("a deadline", () => {
  it("ends an attempt that heeds its signal", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start(patient);

    const task = await stage.run({ act: "sleep", ms: 60_000 }, { timeoutMs: 100, retry: once });

    expect(task.failure).toMatchObject({
      kind: "timed_out",
      message: "the attempt ran longer than its time-out of 100ms",
    });
    expect(worker.child.exitCode).toBeNull();
  });

  it("ends the worker whose event loop is blocked for ever", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.submit({ act: "block" }, { timeoutMs: 1_000, retry: once });

    const [task, ended] = await Promise.all([stage.untilEnded(id), worker.ended]);

    expect(task.failure).toMatchObject({ kind: "timed_out", logTail: "blocks from now on" });
    expect(task.failure?.peakMemory).toBeGreaterThan(0);
    expect(ended.signal).toBe("SIGKILL");
    expect((await stage.worker(worker.id)).ending?.reason).toContain("time-out of 1s");
  });
});

describe("a blocked event loop", () => {
  it("is neither called dead nor run again", async () => {
    const stage = await WorkerStage.open();
    const journal = join(stage.folder, "journal");
    await stage.start();
    await stage.start();
    const id = await stage.submit({ act: "block", ms: 4_000, journal });
    const { workerId = "" } = await stage.untilRunning(id);
    const before = (await stage.worker(workerId)).beats;

    const task = await stage.untilEnded(id);

    expect(task).toMatchObject({ state: "completed", attempt: 1, result: "unblocked" });
    expect(task.peakMemory).toBeGreaterThan(1_000_000);
    expect((await stage.worker(workerId)).beats - before).toBeGreaterThanOrEqual(5);
    expect(readFileSync(journal, "utf8").trim().split("\n")).toHaveLength(2);
  });
});

describe("a memory limit", () => {
  it("ends the attempt that passes it, with the cause", async () => {
    const stage = await WorkerStage.open();
    const memoryLimit = 200 * 1024 ** 2;
    const worker = await stage.start({ memoryLimit });

    const id = await stage.submit({ act: "holdMemory", bytes: 20 * 1024 ** 2 }, { retry: once });
    const task = await stage.untilEnded(id);

    expect(task.failure?.kind).toBe("out_of_memory");
    expect(task.failure?.message).toContain("above the worker's limit of 200 MiB");
    expect(task.failure?.peakMemory).toBeGreaterThan(memoryLimit);
    worker.child.kill("SIGTERM");
    await worker.ended;
  });

  it("makes a worker leave that holds too much although it has nothing to do", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start({ memoryLimit: 10 * 1024 ** 2 });

    expect(await worker.ended).toEqual({ code: 29, signal: null });
    expect((await stage.worker(worker.id)).ending?.reason).toContain("above the worker's limit");
  });
});

async function childOf(stage: WorkerStage, taskId: string): Promise<number> {
  return until(async () => {
    const { lines } = await stage.store.logsOf({ taskId, after: 0, limit: 1 });
    return Number(lines[0]?.line.replace("child ", ""));
  });
}

function isRunning(pid: number): boolean {
  return processTable().read([pid]).length > 0;
}
