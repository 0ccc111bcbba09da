import { expect, it } from "vitest";
import { type Begin, failed } from "./stage.ts";

export function describeRetrying(begin: Begin): void {
  it("lets a failed task run again, with a full number of attempts", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.fail(task);

    const retried = await stage.store.retry({ taskId: task.id, now: stage.now });

    expect(retried).toMatchObject({
      state: "pending",
      attempt: 1,
      attemptLimit: 1 + task.retry.maxAttempts,
    });
    expect(retried).not.toHaveProperty("endedAt");
    expect((await stage.eventTypes(task.id)).at(-1)).toBe("task_retried");
    const worker = await stage.worker();
    for (const attempt of [2, 3]) {
      const claimed = await stage.claimTask(worker);
      expect(claimed).toMatchObject({ id: task.id, attempt });
      await stage.fail(claimed, "signal");
      stage.now += 1_000_000;
    }
    await stage.fail(await stage.claimTask(worker), "signal");
    expect(await stage.task(task.id)).toMatchObject({ state: "failed", attempt: 4 });
  });

  it("refuses while another open task of its type has the same exclusive parts", async () => {
    const stage = await begin();
    const payload = { of: { name: "a" } };
    const task = await stage.submit({ payload });
    await stage.store.cancel({ taskId: task.id, reason: "test", now: stage.now });
    const other = await stage.submit({ payload });
    const retry = () =>
      stage.store.retry({ taskId: task.id, now: stage.now, exclusive: ["of.name"] });

    await expect(retry()).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(other.id),
    });
    await stage.store.cancel({ taskId: other.id, reason: "test", now: stage.now });
    expect((await retry()).state).toBe("pending");
  });

  it("lets a cancelled task run again, and forgets the cancellation", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.store.cancel({ taskId: task.id, reason: "oops", now: stage.now });
    await stage.settle(task, { kind: "cancelled" });

    const retried = await stage.store.retry({ taskId: task.id, now: stage.now });

    expect(retried).not.toHaveProperty("cancelReason");
    expect(retried).not.toHaveProperty("cancelRequestedAt");
    const again = await stage.claimTask(await stage.worker());
    await stage.fail(again, "worker_died");
    expect(await stage.task(task.id)).toMatchObject({ state: "pending" });
  });

  it("ends a back-off, but keeps a time that the task was submitted with", async () => {
    const stage = await begin();
    const waiting = await stage.runningTask();
    await stage.fail(waiting, "handler_error");
    const later = await stage.submit({ runAt: stage.now + 500 });
    for (const { id } of [waiting, later]) {
      await stage.store.cancel({ taskId: id, reason: "x", now: stage.now });
      await stage.store.retry({ taskId: id, now: stage.now });
    }

    const claim = await stage.claim(await stage.worker(), { limit: 5 });

    expect(claim.tasks.map(({ id }) => id)).toEqual([waiting.id]);
    expect(claim.nextDueAt).toBe(stage.now + 500);
  });

  it("keeps the place in the queue", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const second = await stage.submit();
    await stage.fail(first);

    await stage.store.retry({ taskId: first.id, now: stage.now });

    const { tasks } = await stage.claim(await stage.worker(), { limit: 2 });
    expect(tasks.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it("refuses tasks that are open or completed", async () => {
    const stage = await begin();
    const completed = await stage.runningTask();
    await stage.complete(completed);
    const running = await stage.runningTask();
    const pending = await stage.submit();

    for (const { id } of [completed, running, pending]) {
      await expect(stage.store.retry({ taskId: id, now: stage.now })).rejects.toMatchObject({
        code: "illegal_transition",
      });
    }
    await expect(stage.store.retry({ taskId: "nobody", now: stage.now })).rejects.toMatchObject({
      code: "task_not_found",
    });
  });

  it("does nothing for a wish about an earlier attempt", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.fail(task);
    const retry = (attempt: number) =>
      stage.store.retry({ taskId: task.id, attempt, now: stage.now });

    await expect(retry(0)).rejects.toMatchObject({ code: "illegal_transition" });
    await expect(retry(2)).rejects.toMatchObject({ code: "illegal_transition" });
    expect(await stage.task(task.id)).toMatchObject({ state: "failed" });
    expect(await retry(1)).toMatchObject({ state: "pending" });
    await expect(retry(1)).rejects.toMatchObject({ code: "illegal_transition" });
  });

  it("asks for the failed task that it waits for to be retried first", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const second = await stage.submit({ after: [first.id] });
    await stage.fail(first);

    await expect(stage.store.retry({ taskId: second.id, now: stage.now })).rejects.toMatchObject({
      code: "illegal_transition",
      message: expect.stringContaining(`retry ${first.id} first`),
    });

    await stage.store.retry({ taskId: first.id, now: stage.now });
    const retried = await stage.store.retry({ taskId: second.id, now: stage.now });
    expect(retried).toMatchObject({ state: "blocked" });
    await stage.complete(await stage.claimTask(await stage.worker()));
    expect(await stage.task(second.id)).toMatchObject({ state: "pending" });
  });

  it("makes those that still wait for others wait for it again", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const second = await stage.runningTask();
    const after = [first.id, second.id];
    const last = await stage.submit({ after, onDependencyFailure: "run" });
    await stage.settle(first, failed("user_error"));
    await stage.store.retry({ taskId: first.id, now: stage.now });

    await stage.complete(second);
    expect(await stage.task(last.id)).toMatchObject({ state: "blocked" });
    await stage.complete(await stage.claimTask(await stage.worker()));

    expect(await stage.task(last.id)).toMatchObject({ state: "pending" });
  });
}
