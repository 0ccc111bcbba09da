import { expect, it } from "vitest";
import { defaultRetry, type Task } from "../../domain/task.ts";
import type { BegunAttempt } from "../task-store.ts";
import { type Begin, defined, failure, numbered, type Stage } from "./stage.ts";

const twice = { ...defaultRetry, maxAttempts: 2 };

export function describeClaimingAhead(begin: Begin): void {
  it("gives tasks beyond the limit as running ones that have not begun", async () => {
    const stage = await begin();
    const [first, second] = await submitMany(stage, 3);

    const { tasks } = await stage.claim(await stage.worker(), { limit: 1, ahead: 1 });

    expect(tasks.map(({ id, startedAt }) => [id, startedAt])).toEqual([
      [first?.id, stage.now],
      [second?.id, undefined],
    ]);
    const ahead = await stage.task(defined(second).id);
    expect(ahead).toMatchObject({ state: "running", attempt: 1 });
    expect(ahead).not.toHaveProperty("startedAt");
    expect(await stage.eventTypes(ahead.id)).toEqual(["task_submitted"]);
    expect(await stage.store.attemptsOf(ahead.id)).toEqual([]);
  });

  it("takes none ahead that must not run again uncounted, nor any behind it", async () => {
    const stage = await begin();
    const worker = await stage.worker();
    await submitMany(stage, 2);
    await stage.submit({ retry: { ...defaultRetry, maxAttempts: 1 } });
    await submitMany(stage, 1);

    expect((await stage.claim(worker, { limit: 1, ahead: 9 })).tasks).toHaveLength(2);
    expect((await stage.claim(worker, { limit: 0, ahead: 9 })).tasks).toEqual([]);
    expect((await stage.claim(worker, { limit: 1, ahead: 9 })).tasks).toHaveLength(2);
  });

  it("takes none ahead that was claimed before", async () => {
    const stage = await begin();
    const task = await aheadTask(stage);
    await stage.settle(task, { kind: "released" });
    const worker = await stage.worker();

    expect((await stage.claim(worker, { limit: 0, ahead: 9 })).tasks).toEqual([]);
    expect(await stage.claimTask(worker)).toMatchObject({ id: task.id, startedAt: stage.now });
  });

  it("keeps when it began with how it ended", async () => {
    const stage = await begin();
    const task = await aheadTask(stage);
    const startedAt = stage.now + 30;
    stage.now += 50;

    await stage.settle(task, { kind: "completed" }, { startedAt });

    expect(await stage.task(task.id)).toMatchObject({ state: "completed", startedAt });
    expect(await stage.store.attemptsOf(task.id)).toMatchObject([
      { startedAt, outcome: "completed" },
    ]);
    expect(await stage.eventTypes(task.id)).toEqual([
      "task_submitted",
      "task_started",
      "task_completed",
    ]);
    expect(await stage.store.findWorker(defined(task.workerId))).toMatchObject({ busyMs: 20 });
  });

  it("is told which have begun, once", async () => {
    const stage = await begin();
    const task = await aheadTask(stage);
    const startedAt = stage.now + 30;

    await tellBegun(stage, task, { startedAt });
    await tellBegun(stage, task, { startedAt: startedAt + 5 });
    await stage.settle(task, { kind: "completed" }, { startedAt: startedAt + 9 });

    expect(await stage.task(task.id)).toMatchObject({ startedAt });
    const types = await stage.eventTypes(task.id);
    expect(types.filter((type) => type === "task_started")).toHaveLength(1);
  });

  it("changes nothing about an attempt that is over or another's", async () => {
    const stage = await begin();
    const task = await aheadTask(stage);
    const { id } = task;

    await tellBegun(stage, { ...task, attempt: 2 });
    await tellBegun(stage, { ...task, workerId: await stage.worker() });
    expect(await stage.task(id)).toEqual(task);
    await stage.settle(task, { kind: "released" });
    await tellBegun(stage, task);

    expect(await stage.task(id)).toMatchObject({ state: "pending" });
    expect(await stage.eventTypes(id)).not.toContain("task_started");
  });

  it("gives it back without a trace in its attempts that may fail", async () => {
    const stage = await begin();
    const task = await aheadTask(stage, twice);

    await stage.settle(task, { kind: "released" });

    const { state, attempt, attemptLimit } = await stage.task(task.id);
    expect({ state, attempt, attemptLimit }).toEqual({
      state: "pending",
      attempt: 1,
      attemptLimit: 3,
    });
    expect(await stage.store.attemptsOf(task.id)).toMatchObject([
      { number: 1, startedAt: stage.now, endedAt: stage.now, outcome: "released" },
    ]);
    const events = await stage.store.listEvents({ after: 0, limit: 100, taskId: task.id });
    expect(events.at(-1)).toMatchObject({
      type: "task_released",
      data: { attempt: 1, begun: false },
    });
  });

  it("does not count it when its worker dies before it has begun", async () => {
    const stage = await begin();
    const task = await aheadTask(stage, twice);

    await stage.endWorker(defined(task.workerId));

    expect(await stage.task(task.id)).toMatchObject({ state: "pending", attemptLimit: 3 });
    expect(await stage.task(task.id)).not.toHaveProperty("failure");
    expect(await stage.store.findWorker(defined(task.workerId))).toMatchObject({ tasksFailed: 1 });
  });

  it("counts it when its worker dies after it has begun", async () => {
    const stage = await begin();
    const task = await aheadTask(stage, twice);
    await tellBegun(stage, task);

    await stage.endWorker(defined(task.workerId));

    expect(await stage.task(task.id)).toMatchObject({
      state: "pending",
      attemptLimit: 2,
      failure: failure("worker_died"),
    });
  });

  it("ends it with its worker when it shall not run again", async () => {
    const stage = await begin();
    const task = await aheadTask(stage);

    await stage.endWorker(defined(task.workerId), {
      ending: { reason: "aborted by hand", aborted: true },
      tasks: { kind: "failed", failure: failure("aborted") },
    });

    expect(await stage.task(task.id)).toMatchObject({
      state: "failed",
      failure: failure("aborted"),
    });
  });

  it("keeps the attempt when the task was cancelled before it began, and is tried again", async () => {
    const stage = await begin();
    const task = await aheadTask(stage);
    await stage.store.cancel({ taskId: task.id, reason: "no", now: stage.now });
    stage.now += 50;
    await stage.settle(task, { kind: "cancelled" });
    const endedAt = stage.now;

    await stage.store.retry({ taskId: task.id, now: stage.now });

    const first = { number: 1, startedAt: endedAt, endedAt, outcome: "cancelled" };
    expect(await stage.store.attemptsOf(task.id)).toMatchObject([first]);
    expect(await stage.settle(task, { kind: "cancelled" })).toBe("accepted");
  });

  it("cancels it once its worker gives it back, when that was asked for", async () => {
    const stage = await begin();
    const task = await aheadTask(stage);
    await stage.store.cancel({ taskId: task.id, reason: "no", now: stage.now });

    await stage.settle(task, { kind: "released" });

    expect(await stage.task(task.id)).toMatchObject({ state: "cancelled" });
  });
}

function submitMany(stage: Stage, count: number): Promise<readonly Task[]> {
  return Promise.all(numbered(count, () => stage.submit()));
}

/** A task in the hands of a new worker that has begun another one. */
async function aheadTask(stage: Stage, retry = defaultRetry): Promise<Task> {
  await stage.submit({ priority: 2 });
  const { id } = await stage.submit({ priority: 1, retry });
  const { tasks } = await stage.claim(await stage.worker(), { limit: 1, ahead: 1 });
  expect(tasks[1]?.id).toBe(id);
  return await stage.task(id);
}

async function tellBegun(
  stage: Stage,
  { id: taskId, attempt, workerId }: Task,
  more: Partial<BegunAttempt> = {},
): Promise<void> {
  await stage.store.settle({
    workerId: defined(workerId),
    settlements: [],
    begun: [{ taskId, attempt, startedAt: stage.now, ...more }],
    limit: 0,
    now: stage.now,
    jitter: 1,
  });
}
