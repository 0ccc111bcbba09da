import { expect, it } from "vitest";
import type { Begin, Stage } from "./stage.ts";

export function describeDependencies(begin: Begin): void {
  it("block a task while one of them is open", async () => {
    const stage = await begin();
    const first = await stage.submit();

    const task = await stage.submit({ after: [first.id] });

    expect(task).toMatchObject({ state: "blocked", after: [first.id] });
    const { tasks } = await stage.claim(await stage.worker(), { limit: 5 });
    expect(tasks.map(({ id }) => id)).toEqual([first.id]);
  });

  it("may be earlier tasks of the same call", async () => {
    const stage = await begin();
    const first = stage.newTask();
    const second = stage.newTask({ after: [first.id] });

    const submitted = await stage.store.submit({ tasks: [first, second], now: stage.now });

    expect(submitted.map(({ task }) => task.state)).toEqual(["pending", "blocked"]);
  });

  it("may not be later tasks of the same call, or the task itself", async () => {
    const stage = await begin();
    const second = stage.newTask();
    const first = stage.newTask({ after: [second.id] });
    const own = { ...stage.newTask(), id: "own", after: ["own"] };

    for (const tasks of [[first, second], [own]]) {
      await expect(stage.store.submit({ tasks, now: stage.now })).rejects.toMatchObject({
        code: "unknown_dependency",
      });
    }
  });

  it("do not block when they have completed already", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    await stage.complete(first);

    expect(await stage.submit({ after: [first.id] })).toMatchObject({ state: "pending" });
  });

  it("count once, even when they are named twice", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const task = await stage.submit({ after: [first.id, first.id] });

    await stage.complete(first);

    expect(await stage.task(task.id)).toMatchObject({ state: "pending", after: [first.id] });
  });

  it("make a task pending once the last of them has completed, in the same step", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const second = await stage.runningTask();
    const task = await stage.submit({ after: [first.id, second.id] });

    await stage.complete(first);
    expect(await stage.task(task.id)).toMatchObject({ state: "blocked" });
    await stage.complete(second);

    expect(await stage.task(task.id)).toMatchObject({ state: "pending" });
    expect(await stage.eventTypes(task.id)).toEqual(["task_submitted", "task_unblocked"]);
  });

  it("let the worker that settles the last of them claim what waited", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const task = await stage.submit({ after: [first.id] });

    const { claim } = await stage.store.settle({
      workerId: first.workerId ?? "",
      settlements: [{ taskId: first.id, attempt: 1, outcome: { kind: "completed" } }],
      limit: 1,
      now: stage.now,
      jitter: 0,
    });

    expect(claim.tasks.map(({ id }) => id)).toEqual([task.id]);
  });

  it("leave a task that is unblocked before its time waiting for that", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const task = await stage.submit({ after: [first.id], runAt: stage.now + 100 });
    await stage.complete(first);
    const worker = await stage.worker();

    expect(await stage.claim(worker)).toMatchObject({ tasks: [], nextDueAt: stage.now + 100 });
    stage.now += 100;
    expect(await stage.claimTask(worker)).toMatchObject({ id: task.id });
  });

  it("skip a task that wants it when one of them fails, and those that wait for it in turn", async () => {
    const stage = await begin();
    const { first, chain } = await chainOfThree(stage);

    await stage.fail(first);

    for (const { id } of chain) {
      expect(await stage.task(id)).toMatchObject({
        state: "cancelled",
        endedAt: stage.now,
        attempt: 0,
        failure: { kind: "dependency_failed" },
      });
      expect(await stage.eventTypes(id)).toEqual(["task_submitted", "task_skipped"]);
    }
    expect((await stage.task(chain[0]?.id ?? "")).failure?.message).toContain(first.id);
  });

  it("skip a task when one of them is cancelled", async () => {
    const stage = await begin();
    const first = await stage.submit();
    const task = await stage.submit({ after: [first.id] });

    await stage.store.cancel({ taskId: first.id, reason: "not needed", now: stage.now });

    expect(await stage.task(task.id)).toMatchObject({ state: "cancelled" });
  });

  it("skip a task even while others of them are open", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const second = await stage.runningTask();
    const task = await stage.submit({ after: [first.id, second.id] });

    await stage.fail(first);
    expect(await stage.task(task.id)).toMatchObject({ state: "cancelled" });
    await stage.complete(second);

    expect(await stage.task(task.id)).toMatchObject({ state: "cancelled" });
  });

  it("let a task run that wants it when one of them fails", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const task = await stage.submit({ after: [first.id], onDependencyFailure: "run" });

    await stage.fail(first);

    expect(await stage.task(task.id)).toMatchObject({ state: "pending" });
  });

  it("do not end while an attempt is tried again", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const task = await stage.submit({ after: [first.id] });

    await stage.fail(first, "worker_died");

    expect(await stage.task(first.id)).toMatchObject({ state: "pending" });
    expect(await stage.task(task.id)).toMatchObject({ state: "blocked" });
  });

  it("add a task as cancelled when one has failed and it wants to be skipped", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    await stage.fail(first);

    const skipped = stage.newTask({ after: [first.id] });
    const next = stage.newTask({ after: [skipped.id] });
    const running = stage.newTask({ after: [first.id], onDependencyFailure: "run" });
    const tasks = [skipped, next, running];
    const submitted = await stage.store.submit({ tasks, now: stage.now });

    expect(submitted.map(({ task }) => task.state)).toEqual(["cancelled", "cancelled", "pending"]);
    for (const { task } of submitted) expect(await stage.task(task.id)).toEqual(task);
    expect(submitted[0]).toMatchObject({ created: true, task: { endedAt: stage.now } });
    expect(await stage.eventTypes(skipped.id)).toEqual(["task_submitted", "task_skipped"]);
  });

  it("unblock each of many that wait for one", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    const tasks = Array.from({ length: 300 }, () => stage.newTask({ after: [first.id] }));
    await stage.store.submit({ tasks, now: stage.now });

    await stage.complete(first);

    const counts = await stage.store.countTasks({});
    expect(counts.find(({ state }) => state === "pending")?.count).toBe(300);
  });

  it("are all awaited by one that waits for many, settled through two connections", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const firsts = Array.from({ length: 40 }, () => stage.newTask());
    const last = stage.newTask({ after: firsts.map(({ id }) => id) });
    await stage.store.submit({ tasks: [...firsts, last], now: stage.now });
    const worker = await stage.worker({ concurrency: 40 });
    const { tasks } = await stage.claim(worker, { limit: 40 });

    await Promise.all(
      tasks.map(({ id, attempt }, index) =>
        (index % 2 === 0 ? stage.store : other).settle({
          workerId: worker,
          settlements: [{ taskId: id, attempt, outcome: { kind: "completed" } }],
          limit: 0,
          now: stage.now,
          jitter: 0,
        }),
      ),
    );

    expect(await stage.task(last.id)).toMatchObject({ state: "pending" });
    expect(await stage.eventTypes(last.id)).toEqual(["task_submitted", "task_unblocked"]);
  });
}

async function chainOfThree(stage: Stage) {
  const first = await stage.runningTask();
  const second = await stage.submit({ after: [first.id] });
  const third = await stage.submit({ after: [second.id] });
  return { first, chain: [second, third] };
}
