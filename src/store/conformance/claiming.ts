import { expect, it } from "vitest";
import { type Begin, numbered, type Stage } from "./stage.ts";

export function describeClaiming(begin: Begin): void {
  it("gives a worker a task: running, its attempt one higher", async () => {
    const stage = await begin();
    const task = await stage.submit();
    const workerId = await stage.worker();

    const claim = await stage.claim(workerId);

    const claimed = { ...task, state: "running", attempt: 1, workerId, startedAt: stage.now };
    expect(claim).toEqual({ tasks: [claimed], standing: "live" });
    expect(await stage.task(task.id)).toEqual(claimed);
    expect(await stage.store.findWorker(workerId)).toMatchObject({
      state: "busy",
      taskIds: [task.id],
    });
    expect(await stage.eventTypes(task.id)).toEqual(["task_submitted", "task_started"]);
  });

  it("gives nothing when nothing is due, and leaves the worker idle", async () => {
    const stage = await begin();
    const worker = await stage.worker();

    expect(await stage.claim(worker)).toEqual({ tasks: [], standing: "live" });
    expect(await stage.store.findWorker(worker)).toMatchObject({ state: "idle" });
  });

  it("gives the highest priority first, then the one submitted first", async () => {
    const stage = await begin();
    const order = [0, 5, -1, 5, 0].map((priority, index) =>
      stage.newTask({ priority, payload: index }),
    );
    await stage.store.submit({ tasks: order, now: stage.now });

    const { tasks } = await stage.claim(await stage.worker(), { limit: 10 });

    expect(tasks.map(({ payload }) => payload)).toEqual([1, 3, 0, 4, 2]);
  });

  it("gives no more than the limit", async () => {
    const stage = await begin();
    await stage.store.submit({ tasks: numbered(5, () => stage.newTask()), now: stage.now });
    const worker = await stage.worker({ concurrency: 5 });

    expect((await stage.claim(worker, { limit: 0 })).tasks).toHaveLength(0);
    expect((await stage.claim(worker, { limit: 3 })).tasks).toHaveLength(3);
    expect((await stage.claim(worker, { limit: 3 })).tasks).toHaveLength(2);
  });

  it("gives only tasks of the worker's type and queue", async () => {
    const stage = await begin();
    await stage.submit({ type: "notebook" });
    await stage.submit({ queue: "slow" });
    const mine = await stage.submit({ type: "notebook", queue: "slow" });

    const worker = await stage.worker({ type: "notebook", queue: "slow" });
    const { tasks } = await stage.claim(worker, { limit: 10 });

    expect(tasks.map(({ id }) => id)).toEqual([mine.id]);
  });

  it("gives no task before its time, and says when the next is due", async () => {
    const stage = await begin();
    await stage.submit({ runAt: stage.now + 500 });
    const sooner = await stage.submit({ runAt: stage.now + 100 });
    const worker = await stage.worker();

    expect(await stage.claim(worker)).toMatchObject({ tasks: [], nextDueAt: stage.now + 100 });
    stage.now += 99;
    expect((await stage.claim(worker)).tasks).toEqual([]);
    stage.now += 1;
    expect(await stage.claim(worker)).toMatchObject({
      tasks: [{ id: sooner.id }],
      nextDueAt: stage.now + 400,
    });
  });

  it("orders tasks whose time has come by priority and submission, not by their time", async () => {
    const stage = await begin();
    const late = await stage.submit({ runAt: stage.now + 100 });
    const early = await stage.submit({ runAt: stage.now + 50 });
    const urgent = await stage.submit({ runAt: stage.now + 100, priority: 1 });
    const plain = await stage.submit();

    stage.now += 100;
    const { tasks } = await stage.claim(await stage.worker(), { limit: 10 });

    expect(tasks.map(({ id }) => id)).toEqual([urgent.id, late.id, early.id, plain.id]);
  });

  it("says nothing of tasks that wait for other workers", async () => {
    const stage = await begin();
    const session = await stage.openSession();
    await stage.submit({ type: "notebook", runAt: stage.now + 5 });
    await stage.submit({ runAt: stage.now + 10 });
    const worker = await stage.worker({ sessionId: session.id });

    expect(await stage.claim(worker)).toEqual({ tasks: [], standing: "live" });
    await stage.submit({ sessionId: session.id, runAt: stage.now + 20 });
    expect(await stage.claim(worker)).toMatchObject({ nextDueAt: stage.now + 20 });
  });

  it("gives a session's worker that session's tasks alone", async () => {
    const stage = await begin();
    const mine = await stage.openSession();
    const theirs = await stage.openSession();
    await stage.submit();
    await stage.submit({ sessionId: theirs.id });
    const task = await stage.submit({ sessionId: mine.id });
    const later = await stage.submit({ sessionId: mine.id, runAt: stage.now + 5 });
    stage.now += 5;

    const { tasks } = await stage.claim(await stage.worker({ sessionId: mine.id }), { limit: 10 });

    expect(tasks.map(({ id }) => id)).toEqual([task.id, later.id]);
  });

  it("gives a worker without a session anyone's tasks", async () => {
    const stage = await begin();
    const session = await stage.openSession();
    const owned = await stage.submit({ sessionId: session.id });
    const plain = await stage.submit();

    const { tasks } = await stage.claim(await stage.worker(), { limit: 10 });

    expect(tasks.map(({ id }) => id)).toEqual([owned.id, plain.id]);
  });

  it("hands over checkpoint and history of earlier attempts, and no old progress", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.store.report({
      ...addressOf(task),
      now: stage.now,
      progress: { fraction: 0.5, at: stage.now },
      checkpoint: { step: 3 },
    });
    await stage.fail(task, "worker_died");

    const again = await stage.claimTask(await stage.worker());

    expect(again).toMatchObject({ id: task.id, attempt: 2, checkpoint: { step: 3 } });
    expect(again).toMatchObject({ failure: { kind: "worker_died" } });
    expect(again).not.toHaveProperty("progress");
    expect(await stage.task(task.id)).toEqual(again);
  });

  it("gives a worker that has not been activated nothing", async () => {
    const stage = await begin();
    await stage.submit();

    expect((await stage.claim(await stage.createdWorker())).tasks).toEqual([]);
  });

  it("gives a draining worker nothing, and tells it", async () => {
    const stage = await begin();
    await stage.submit();
    const workerId = await stage.worker();
    await stage.store.changeWorker({ workerId, event: "drain", now: stage.now });

    expect(await stage.claim(workerId)).toEqual({ tasks: [], standing: "draining" });
  });

  it("tells an ended worker, and one that was removed, that it is gone", async () => {
    const stage = await begin();
    await stage.submit();
    const worker = await stage.worker();
    await stage.endWorker(worker);

    expect(await stage.claim(worker)).toEqual({ tasks: [], standing: "gone" });
    expect(await stage.claim("nobody")).toEqual({ tasks: [], standing: "gone" });
  });

  it("takes a hung worker with nothing in hand that asks for work as responding", async () => {
    const stage = await begin();
    const task = await stage.submit();
    const workerId = await stage.worker();
    await stage.store.changeWorker({ workerId, event: "hang", now: stage.now });

    expect(await stage.claimTask(workerId)).toMatchObject({ id: task.id });
    expect(await stage.store.findWorker(workerId)).toMatchObject({ state: "busy" });
  });

  it("gives a hung worker that holds a task no other", async () => {
    const stage = await begin();
    const workerId = await stage.worker({ concurrency: 2 });
    await stage.submit();
    await stage.submit();
    await stage.claimTask(workerId);
    await stage.store.changeWorker({ workerId, event: "hang", now: stage.now });

    expect(await stage.claim(workerId)).toMatchObject({ tasks: [], standing: "live" });
  });

  it("never gives one task to two workers, whatever their connections", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const tasks = numbered(200, () => stage.newTask());
    await stage.store.submit({ tasks, now: stage.now });
    const workers = await Promise.all(numbered(8, () => stage.worker({ concurrency: 100 })));

    const claims = await Promise.all(
      numbered(80, (index) =>
        (index % 2 === 0 ? stage.store : other).claim({
          workerId: workers[index % workers.length] ?? "",
          limit: 3,
          now: stage.now,
        }),
      ),
    );

    const ids = claims.flatMap((claim) => claim.tasks.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
    await everyTaskIsHeldOnce(stage, workers);
  });
}

async function everyTaskIsHeldOnce(stage: Stage, workers: readonly string[]): Promise<void> {
  const held = await Promise.all(workers.map((id) => stage.store.findWorker(id)));
  const ids = held.flatMap((worker) => worker?.taskIds ?? []);
  expect(new Set(ids).size).toBe(200);
}

function addressOf({
  id,
  workerId = "",
  attempt,
}: {
  id: string;
  workerId?: string;
  attempt: number;
}) {
  return { taskId: id, workerId, attempt };
}
