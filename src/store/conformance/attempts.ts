import { expect, it } from "vitest";
import { type Begin, defined, failure } from "./stage.ts";

export function describeAttempts(begin: Begin): void {
  it("are none before the first claim", async () => {
    const stage = await begin();
    const task = await stage.submit();

    expect(await stage.store.attemptsOf(task.id)).toEqual([]);
  });

  it("are told from oldest to latest, the last one still running", async () => {
    const stage = await begin();
    const began = stage.now;
    const first = await stage.runningTask();
    stage.now += 10;
    await stage.settle(
      first,
      { kind: "failed", failure: failure("worker_died") },
      { peakMemory: 7, cpuMs: 8 },
    );
    stage.now += 10;
    const second = await stage.claimTask(await stage.worker());
    stage.now += 10;
    await stage.settle(second, { kind: "released" });
    stage.now += 10;
    const third = await stage.claimTask(await stage.worker());

    const attempt = { taskId: first.id };
    expect(await stage.store.attemptsOf(first.id)).toEqual([
      {
        ...attempt,
        number: 1,
        workerId: first.workerId,
        startedAt: began,
        endedAt: began + 10,
        outcome: "failed",
        failure: failure("worker_died"),
        peakMemory: 7,
        cpuMs: 8,
      },
      {
        ...attempt,
        number: 2,
        workerId: second.workerId,
        startedAt: began + 20,
        endedAt: began + 30,
        outcome: "released",
      },
      { ...attempt, number: 3, workerId: third.workerId, startedAt: began + 40 },
    ]);
  });

  it("keep the last one when the task has ended, however it did", async () => {
    const stage = await begin();
    const outcomes = [
      { kind: "completed", result: 1 },
      { kind: "failed", failure: failure("user_error") },
      { kind: "cancelled" },
    ] as const;

    for (const outcome of outcomes) {
      const task = await stage.runningTask();
      stage.now += 5;
      await stage.settle(task, outcome, { cpuMs: 3 });
      expect(await stage.store.attemptsOf(task.id)).toEqual([
        {
          taskId: task.id,
          number: 1,
          workerId: task.workerId,
          startedAt: stage.now - 5,
          endedAt: stage.now,
          outcome: outcome.kind,
          cpuMs: 3,
          ...(outcome.kind === "failed" && { failure: outcome.failure }),
        },
      ]);
    }
  });

  it("survive that the task is cancelled while it waits for the next", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.fail(task, "signal");

    await stage.store.cancel({ taskId: task.id, reason: "enough", now: stage.now + 1 });

    const attempts = await stage.store.attemptsOf(task.id);
    expect(attempts).toMatchObject([{ number: 1, outcome: "failed", endedAt: stage.now }]);
  });

  it("survive that the task is retried", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.fail(task, "user_error");
    await stage.store.retry({ taskId: task.id, now: stage.now });
    await stage.store.cancel({ taskId: task.id, reason: "no", now: stage.now });
    await stage.store.retry({ taskId: task.id, now: stage.now });

    await stage.complete(await stage.claimTask(await stage.worker()));

    expect(await stage.store.attemptsOf(task.id)).toMatchObject([
      { number: 1, outcome: "failed", failure: failure("user_error") },
      { number: 2, outcome: "completed" },
    ]);
  });

  it("show a failure with the attempt that failed, and with no later one", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.fail(task, "worker_died");
    await stage.settle(await stage.claimTask(await stage.worker()), { kind: "cancelled" });

    const ended = await stage.store.attemptsOf(task.id);
    await stage.store.retry({ taskId: task.id, now: stage.now });

    expect(ended.map(({ failure: { kind } = {} }) => kind)).toEqual(["worker_died", undefined]);
    expect(await stage.store.attemptsOf(task.id)).toEqual(ended);
  });

  it("name the worker that is no longer there", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.complete(task);
    const workerId = defined(task.workerId);
    await stage.endWorker(workerId);
    await stage.store.deleteWorkers({ endedBefore: stage.now + 1 });

    expect(await stage.store.attemptsOf(task.id)).toMatchObject([{ workerId }]);
  });

  it("of a task that nobody knows are an error", async () => {
    const stage = await begin();

    await expect(stage.store.attemptsOf("nobody")).rejects.toMatchObject({
      code: "task_not_found",
      taskId: "nobody",
    });
  });
}
