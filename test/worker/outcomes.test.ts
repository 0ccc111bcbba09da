import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";
import { WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

const once = { maxAttempts: 1, on: "infrastructure", backoffMs: 1, maxBackoffMs: 1 } as const;

describe("what an attempt comes to", () => {
  it("is a refusal that names the place, when the payload does not fit the schema", async () => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act: "no such act" as "answer" });

    expect(task.state).toBe("failed");
    expect(task.attempt).toBe(1);
    expect(task.failure).toMatchObject({
      kind: "invalid_payload",
      message: "payload.act: no such act",
    });
  });

  it("is the handler's error with the place it was thrown at, when it throws", async () => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act: "throwError" }, { retry: once });

    expect(task.failure?.kind).toBe("handler_error");
    expect(task.failure?.message).toBe("the handler threw TypeError: no such thing");
    expect(task.failure?.details).toContain("actor.ts");
  });

  it("is a handler's error too, when it throws something that is no Error", async () => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act: "throwText" }, { retry: once });

    expect(task.failure?.kind).toBe("handler_error");
    expect(task.failure?.message).toContain("just words");
  });

  it("is of the kind that a TaskError says, with its facts", async () => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act: "throwTaskError", kind: "user_error" });

    expect(task.attempt).toBe(1);
    expect(task.failure).toMatchObject({
      kind: "user_error",
      message: "the input is wrong",
      exitCode: 7,
    });
  });

  it("is tried again by itself, when the tool is to blame", async () => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act: "throwError" });

    expect(task.attempt).toBe(3);
    expect(task.state).toBe("failed");
  });

  it.each([
    ["returnCycle", "cannot be written as JSON"],
    ["returnFunction", "it is a function"],
    ["returnLarge", "1048576 is the most that is kept"],
  ] as const)("is the user's fault when the result cannot be kept: %s", async (act, words) => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act, bytes: 1_048_577 });

    expect(task.failure?.kind).toBe("user_error");
    expect(task.failure?.message).toContain(words);
  });

  it("is the death of its worker, when it throws where nobody catches", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();

    const id = await stage.submit({ act: "crash" }, { retry: once });
    const [task, ended] = await Promise.all([stage.untilEnded(id), worker.ended]);

    expect(ended).toEqual({ code: 26, signal: null });
    expect(task.failure?.kind).toBe("worker_died");
    expect(task.failure?.message).toContain("nobody catches this");
    expect((await stage.worker(worker.id)).state).toBe("failed");
  });

  it("does not look like a clean end when a handler exits the process", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();

    await stage.submit({ act: "exitProcess" });

    expect(await worker.ended).toEqual({ code: 26, signal: null });
  });
});

describe("what an attempt tells", () => {
  it("keeps the order of its lines, and the latest progress", async () => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act: "writeLines", count: 50, ms: 10 });

    const { lines } = await stage.store.logsOf({ taskId: task.id, after: 0, limit: 100 });
    expect(lines.map(({ line }) => line)).toEqual(
      Array.from({ length: 50 }, (_, at) => `line ${at + 1}`),
    );
    expect(lines.map(({ stream }) => stream).slice(0, 2)).toEqual(["stdout", "stderr"]);
    expect(task.progress).toMatchObject({ fraction: 1, message: "at 50" });
  });

  it("is seen while it still runs", async () => {
    const stage = await WorkerStage.open();
    await stage.start();
    const id = await stage.submit({ act: "writeLines", count: 1_000, ms: 10 });

    const seen = await until(async () => {
      const task = await stage.task(id);
      return task.progress?.message === undefined ? undefined : task;
    });
    await stage.store.cancel({ taskId: id, reason: "seen enough", now: Date.now() });

    expect(seen.state).toBe("running");
  });

  it("gives the end of its log as evidence when it fails", async () => {
    const stage = await WorkerStage.open();
    await stage.start();

    const task = await stage.run({ act: "writeLines", count: 500, kind: "fail" });

    const logTail = task.failure?.logTail ?? "";
    expect(logTail).toMatch(/line 499\nline 500$/);
    expect(logTail.length).toBeLessThanOrEqual(1_000);
  });
});

describe("a checkpoint", () => {
  it("survives the death of its worker, and its folder goes with the task's completion", async () => {
    const stage = await WorkerStage.open();
    const first = await stage.start();
    const id = await stage.submit({ act: "checkpointThenDie" });
    expect((await first.ended).signal).toBe("SIGKILL");
    await stage.store.endWorker({
      workerId: first.id,
      event: "fail",
      ending: { reason: "killed" },
      tasks: { kind: "failed", failure: { kind: "worker_died", message: "killed" } },
      now: Date.now(),
      jitter: 0,
    });

    await stage.start();
    const task = await stage.untilEnded(id);

    const { before, after, folder } = task.result as Record<string, unknown>;
    expect(before).toEqual({ reached: 1 });
    expect(after).toEqual({ reached: 2 });
    await until(() => !existsSync(String(folder)));
  });
});
