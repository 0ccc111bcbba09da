import { describe, expect, it, onTestFinished } from "vitest";
import { InlineExecutor } from "../../src/executor/inline/inline-executor.ts";
import { exitCodes } from "../../src/worker/exit-codes.ts";
import { siblingModule } from "../../src/worker/sibling-module.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { WorkerStage, type WorkerWish } from "../support/worker-stage.ts";

forbidProcessLeaks();

async function startInline(wish: WorkerWish = {}) {
  const stage = await WorkerStage.open();
  const launch = await stage.register(wish);
  const executor = new InlineExecutor({
    entry: siblingModule("../../src/worker/thread-main", import.meta.url),
  });
  onTestFinished(() => executor.close());
  const { logPath = "", workerId } = launch;
  const running = await executor.start({ launch, logPath });
  return { stage, running, executor, workerId };
}

const once = { maxAttempts: 1, on: "any", backoffMs: 1, maxBackoffMs: 1 } as const;

describe("a worker inline", () => {
  it("works in a thread of this process until it is asked to leave", async () => {
    const { stage, running, workerId } = await startInline();

    const task = await stage.run({ act: "answer", value: 42 });
    const exit = await running.stop({ graceMs: 10_000 });

    expect(task).toMatchObject({ state: "completed", result: 42 });
    expect(exit).toEqual({ kind: "exited", code: 0 });
    expect(await stage.worker(workerId)).toMatchObject({
      state: "dead",
      process: { pid: process.pid },
    });
  });

  it("keeps its lease while it blocks, and leaves its host alone", async () => {
    const { stage, workerId } = await startInline();

    const task = await stage.run({
      act: "blockUntilFound",
      database: stage.path,
      query: "select 1 from workers where status = 'busy' and beats > 5",
    });

    expect(task).toMatchObject({ state: "completed", attempt: 1 });
    expect((await stage.worker(workerId)).beats).toBeGreaterThan(5);
  });

  it("is ended when an attempt does not stop at its deadline, and its task tells why", async () => {
    const { stage, running, workerId } = await startInline();

    const task = await stage.run({ act: "block" }, { timeoutMs: 1_000, retry: once });

    expect(task.failure?.kind).toBe("timed_out");
    expect(task.failure?.logTail).toContain("blocks from now on");
    expect(await running.exit).toEqual({ kind: "killed", signal: "SIGKILL" });
    expect((await stage.worker(workerId)).state).toBe("failed");
  });

  it("is ended when its task is cancelled and goes on blocking", async () => {
    const { stage, running } = await startInline();
    const id = await stage.begin({ act: "block" });

    await stage.store.cancel({ taskId: id, reason: "no longer wanted", now: Date.now() });

    expect((await stage.untilEnded(id)).state).toBe("cancelled");
    expect(await running.exit).toEqual({ kind: "killed", signal: "SIGKILL" });
  });

  it("gives its task back when it is told to leave, and ends the programs it started", async () => {
    const { stage, running } = await startInline({ timing: { stopGraceMs: 100 } });
    const id = await stage.submit({ act: "spawnChild" });
    await stage.untilRunning(id);

    await running.stop({ graceMs: 10_000 });

    expect(await stage.task(id)).toMatchObject({ state: "pending" });
  });

  it.each([
    ["crash", exitCodes.crashed],
    ["exitProcess", exitCodes.crashed],
  ] as const)("ends alone at %s", async (act, code) => {
    const { stage, running } = await startInline();
    await stage.submit({ act }, { retry: once });

    expect(await running.exit).toEqual({ kind: "exited", code });
  });
});
