import { expect, it } from "vitest";
import { type Begin, defined, failed } from "./stage.ts";

export function describeCancelling(begin: Begin): void {
  it("cancels a task at once when no worker has it", async () => {
    const stage = await begin();
    const pending = await stage.submit();
    const later = await stage.submit({ runAt: stage.now + 1_000 });
    const blocked = await stage.submit({ after: [pending.id], onDependencyFailure: "run" });

    for (const { id } of [blocked, later, pending]) {
      const task = await stage.store.cancel({ taskId: id, reason: "not needed", now: stage.now });
      expect(task).toMatchObject({
        state: "cancelled",
        endedAt: stage.now,
        cancelRequestedAt: stage.now,
        cancelReason: "not needed",
      });
      expect(await stage.task(id)).toEqual(task);
      expect(await stage.eventTypes(id)).toEqual(["task_submitted", "task_cancelled"]);
    }
    stage.now += 1_000;
    expect((await stage.claim(await stage.worker(), { limit: 5 })).tasks).toEqual([]);
  });

  it("asks the worker of a running task, which learns it with its next heartbeat", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    const asked = await stage.store.cancel({ taskId: task.id, reason: "stop", now: stage.now });

    expect(asked).toEqual({ ...task, cancelRequestedAt: stage.now, cancelReason: "stop" });
    const workerId = defined(task.workerId);
    const { held } = await stage.store.renew({ workerId, now: stage.now, leaseMs: 1 });
    expect(held).toEqual([{ taskId: task.id, attempt: 1, cancelReason: "stop" }]);
    expect((await stage.eventTypes(task.id)).at(-1)).toBe("task_cancel_requested");
  });

  it("ends a running task once its attempt has stopped", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.store.cancel({ taskId: task.id, reason: "stop", now: stage.now });

    await stage.settle(task, { kind: "cancelled" });

    expect(await stage.task(task.id)).toMatchObject({
      state: "cancelled",
      endedAt: stage.now,
      cancelReason: "stop",
    });
    expect((await stage.eventTypes(task.id)).at(-1)).toBe("task_cancelled");
  });

  it("ends it also when the attempt failed or was released meanwhile", async () => {
    const stage = await begin();

    for (const outcome of [failed("signal"), { kind: "released" } as const]) {
      const task = await stage.runningTask();
      await stage.store.cancel({ taskId: task.id, reason: "stop", now: stage.now });
      await stage.settle(task, outcome);
      expect(await stage.task(task.id)).toMatchObject({ state: "cancelled" });
    }
  });

  it("comes too late for an attempt that completes", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.store.cancel({ taskId: task.id, reason: "stop", now: stage.now });

    await stage.complete(task);

    expect(await stage.task(task.id)).toMatchObject({ state: "completed" });
  });

  it("is harmless when repeated", async () => {
    const stage = await begin();
    const running = await stage.runningTask();
    const pending = await stage.submit();
    const ids = [running.id, pending.id];
    for (const taskId of ids) await stage.store.cancel({ taskId, reason: "a", now: stage.now });
    const before = await Promise.all(ids.map((id) => stage.task(id)));
    const events = await stage.eventTypes();

    for (const taskId of ids) await stage.store.cancel({ taskId, reason: "b", now: stage.now + 1 });

    expect(await Promise.all(ids.map((id) => stage.task(id)))).toEqual(before);
    expect(await stage.eventTypes()).toEqual(events);
  });

  it("refuses a task that has completed or failed", async () => {
    const stage = await begin();
    const completed = await stage.runningTask();
    await stage.complete(completed);
    const lost = await stage.runningTask();
    await stage.fail(lost);

    for (const { id } of [completed, lost]) {
      const before = await stage.task(id);
      await expect(
        stage.store.cancel({ taskId: id, reason: "late", now: stage.now }),
      ).rejects.toMatchObject({ code: "illegal_transition", event: "cancel" });
      expect(await stage.task(id)).toEqual(before);
    }
  });

  it("refuses a task that nobody knows", async () => {
    const stage = await begin();

    await expect(
      stage.store.cancel({ taskId: "nobody", reason: "", now: stage.now }),
    ).rejects.toMatchObject({ code: "task_not_found" });
  });
}
