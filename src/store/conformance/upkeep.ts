import { expect, it } from "vitest";
import { type Begin, defined, numbered, type Stage } from "./stage.ts";

export function describeUpkeep(begin: Begin): void {
  it("deletes a task that has ended, with all that hangs on it", async () => {
    const stage = await begin();
    const task = await stage.runningTask({ key: "once" });
    const { workerId = "", attempt } = task;
    const logs = [{ at: 1, stream: "log", line: "hello" }] as const;
    const report = { workerId, taskId: task.id, attempt, now: stage.now, logs, checkpoint: 1 };
    await stage.store.report(report);
    await stage.fail(task, "worker_died");
    await stage.complete(await stage.claimTask(await stage.worker()));

    await stage.store.deleteTask({ taskId: task.id, now: stage.now });

    expect(await stage.store.findTask(task.id)).toBeUndefined();
    const again = await stage.submit({ id: task.id, key: "once" });
    expect(again).toMatchObject({ state: "pending", attempt: 0 });
    expect(await stage.store.attemptsOf(task.id)).toEqual([]);
    const page = await stage.store.logsOf({ taskId: task.id, after: 0, limit: 9 });
    expect(page.lines).toEqual([]);
    expect(await stage.task(task.id)).not.toHaveProperty("checkpoint");
  });

  it("logs that a task was deleted", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.complete(task);
    await stage.store.deleteTask({ taskId: task.id, now: stage.now + 5 });

    const [event] = await stage.store.listEvents({ after: 0, limit: 9, types: ["task_deleted"] });
    expect(event).toMatchObject({ taskId: task.id, workerType: task.type, at: stage.now + 5 });
  });

  it("deletes no task that is open", async () => {
    const stage = await begin();
    const running = await stage.runningTask();
    const pending = await stage.submit();
    const blocked = await stage.submit({ after: [pending.id] });

    for (const { id } of [running, pending, blocked]) {
      await expect(stage.store.deleteTask({ taskId: id, now: stage.now })).rejects.toMatchObject({
        code: "illegal_transition",
        event: "delete",
      });
    }
    await expect(
      stage.store.deleteTask({ taskId: "nobody", now: stage.now }),
    ).rejects.toMatchObject({
      code: "task_not_found",
    });
  });

  it("removes ended workers, those of a list alone if asked", async () => {
    const stage = await begin();
    const live = await stage.worker();
    const [a, b, c] = [await stage.worker(), await stage.worker(), await stage.worker()];
    for (const id of [a, b]) await stage.endWorker(id);
    stage.now += 100;
    await stage.endWorker(c);

    expect(await stage.store.deleteWorkers({ endedBefore: stage.now, ids: [a, c, live] })).toBe(1);
    expect(await remaining(stage)).toEqual([live, b, c]);
    expect(await stage.store.deleteWorkers({ endedBefore: stage.now })).toBe(1);
    expect(await remaining(stage)).toEqual([live, c]);
    expect(await stage.store.deleteWorkers({ endedBefore: stage.now + 1 })).toBe(1);
    expect(await remaining(stage)).toEqual([live]);
  });

  it("prunes what ended, or was logged, before its time, and nothing else", async () => {
    const stage = await begin();
    const old = [await stage.runningTask(), await stage.runningTask()];
    for (const task of old) await stage.complete(task);
    await stage.endWorker(defined(old[0]?.workerId));
    const open = await stage.submit();
    const before = (await stage.eventTypes()).length;
    stage.now += 100;
    const recent = await stage.runningTask({ queue: "other" });
    await stage.complete(recent);
    await stage.endWorker(defined(recent.workerId));

    const pruned = await stage.store.prune({
      tasksEndedBefore: stage.now,
      eventsBefore: stage.now,
      workersEndedBefore: stage.now,
      limit: 1_000,
    });

    expect(pruned).toMatchObject({ tasks: 2, events: before, workers: 1 });
    expect(pruned.taskIds.toSorted()).toEqual(old.map(({ id }) => id).toSorted());
    const { items } = await stage.store.listTasks({ limit: 10 });
    expect(items.map(({ id }) => id)).toEqual([recent.id, open.id]);
    const events = await stage.store.listEvents({ after: 0, limit: 1_000 });
    expect(events.every(({ at }) => at === stage.now)).toBe(true);
  });

  it("counts what would be pruned without removing anything", async () => {
    const stage = await begin();
    for (const _ of numbered(3, String)) {
      const task = await stage.runningTask();
      await stage.complete(task);
      await stage.endWorker(defined(task.workerId));
      stage.now += 10;
    }
    await stage.submit();
    const before = stage.now - 15;
    const times = { tasksEndedBefore: before, eventsBefore: before, workersEndedBefore: before };

    const counted = await stage.store.countPrunable(times);
    const pruned = await stage.store.prune({ ...times, limit: 1_000 });
    const left = await stage.store.countPrunable(times);

    expect(counted).toMatchObject({ tasks: 2, workers: 2 });
    expect(pruned).toMatchObject(counted);
    expect(left).toEqual({ tasks: 0, events: 0, workers: 0 });
  });

  it("prunes at most the limit of each kind, and the oldest first", async () => {
    const stage = await begin();
    for (const _ of numbered(3, String)) {
      const task = await stage.runningTask();
      await stage.complete(task);
      await stage.endWorker(defined(task.workerId));
      stage.now += 1;
    }
    const params = { tasksEndedBefore: stage.now, eventsBefore: stage.now, limit: 2 };

    const first = await stage.store.prune({ ...params, workersEndedBefore: stage.now });
    const second = await stage.store.prune({ ...params, workersEndedBefore: stage.now });

    expect(first).toMatchObject({ tasks: 2, events: 2, workers: 2 });
    expect(second).toMatchObject({ tasks: 1, events: 2, workers: 1 });
  });

  it("never gives a cursor twice, whatever is pruned", async () => {
    const stage = await begin();
    await stage.store.appendEvents({ events: [{ type: "pool_started", at: 1 }] });
    const [seen] = await stage.store.listEvents({ after: 0, limit: 1 });
    const all = { tasksEndedBefore: 9, eventsBefore: 9, workersEndedBefore: 9, limit: 9 };
    await stage.store.prune(all);

    await stage.store.appendEvents({ events: [{ type: "pool_stopped", at: 2 }] });

    const next = await stage.store.listEvents({ after: defined(seen).cursor, limit: 9 });
    expect(next.map(({ type }) => type)).toEqual(["pool_stopped"]);
  });

  it("prunes tasks that others waited for", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    await stage.submit({ after: [first.id] });
    await stage.complete(first);
    stage.now += 1;
    await stage.store.prune({
      tasksEndedBefore: stage.now,
      eventsBefore: 0,
      workersEndedBefore: 0,
      limit: 9,
    });

    const task = await stage.claimTask(await stage.worker());

    expect(task.after).toEqual([first.id]);
    await stage.fail(task);
    await stage.store.retry({ taskId: task.id, now: stage.now });
    expect(await stage.task(task.id)).toMatchObject({ state: "pending" });
  });
}

async function remaining(stage: Stage): Promise<string[]> {
  return (await stage.store.listWorkers({})).map(({ id }) => id);
}
