import { expect, it } from "vitest";
import { type Begin, defined, failure } from "./stage.ts";

export function describeEndingWorkers(begin: Begin): void {
  it("ends a worker and gives its task back in one step", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const workerId = defined(task.workerId);
    stage.now += 70;
    const ending = { reason: "crashed", exitCode: 1, signal: "SIGSEGV", logTail: "…" };

    const ended = await stage.endWorker(workerId, { ending });

    expect(ended).toMatchObject({
      ended: true,
      worker: {
        id: workerId,
        state: "failed",
        endedAt: stage.now,
        ending,
        taskIds: [],
        tasksFailed: 1,
        busyMs: 70,
      },
      tasks: [{ id: task.id, state: "pending", failure: failure("worker_died") }],
    });
    expect(await stage.store.findWorker(workerId)).toEqual(ended.worker);
    expect(ended.tasks).toEqual([await stage.task(task.id)]);
    expect(await stage.claimTask(await stage.worker())).toMatchObject({ id: task.id, attempt: 2 });
  });

  it("logs the end with reason, counts and uptime", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.complete(task);
    stage.now += 500;
    const workerId = defined(task.workerId);

    await stage.endWorker(workerId, { event: "leave", ending: { reason: "drained", exitCode: 0 } });

    const events = await stage.store.listEvents({ after: 0, limit: 99, types: ["worker_stopped"] });
    expect(events).toMatchObject([
      {
        workerId,
        workerType: "echo",
        mode: "direct",
        message: "drained",
        data: { reason: "drained", tasksCompleted: 1, tasksFailed: 0, uptimeMs: 500, exitCode: 0 },
      },
    ]);
    expect(await stage.store.findWorker(workerId)).toMatchObject({ state: "dead" });
  });

  it("releases attempts that a shutdown interrupted, without counting them", async () => {
    const stage = await begin();
    const worker = await stage.worker({ concurrency: 2 });
    const ids = [(await stage.submit()).id, (await stage.submit()).id];
    await stage.claim(worker, { limit: 2 });

    const { tasks } = await stage.endWorker(worker, {
      event: "leave",
      ending: { reason: "shutdown" },
      tasks: { kind: "released" },
    });

    expect(tasks.map(({ id, state, attemptLimit }) => [id, state, attemptLimit])).toEqual(
      ids.map((id) => [id, "pending", 4]),
    );
  });

  it("fails a task for good when it was aborted", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    await stage.endWorker(defined(task.workerId), {
      tasks: { kind: "failed", failure: failure("aborted") },
    });

    expect(await stage.task(task.id)).toMatchObject({
      state: "failed",
      failure: failure("aborted"),
    });
  });

  it("cancels a task whose cancellation was asked for, and tells those that wait for it", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const next = await stage.submit({ after: [task.id] });
    await stage.store.cancel({ taskId: task.id, reason: "stop", now: stage.now });

    await stage.endWorker(defined(task.workerId));

    expect(await stage.task(task.id)).toMatchObject({ state: "cancelled", cancelReason: "stop" });
    expect(await stage.task(next.id)).toMatchObject({ state: "cancelled" });
  });

  it("is harmless on a worker that has ended: the first ending stays", async () => {
    const stage = await begin();
    const worker = await stage.worker();
    const first = await stage.endWorker(worker);
    stage.now += 1;

    const second = await stage.endWorker(worker, { event: "leave", ending: { reason: "late" } });

    expect(second).toEqual({ worker: first.worker, ended: false, tasks: [] });
    expect((await stage.eventTypes()).filter((type) => type.startsWith("worker_s"))).toEqual([]);
  });

  it("ends a worker once when two connections race with it", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const task = await stage.runningTask();
    const params = {
      workerId: defined(task.workerId),
      event: "fail",
      ending: { reason: "silent" },
      tasks: { kind: "failed", failure: failure("lease_lost") },
      now: stage.now,
      jitter: 0,
    } as const;

    const both = await Promise.all([stage.store.endWorker(params), other.endWorker(params)]);

    expect(both.filter(({ ended }) => ended)).toHaveLength(1);
    expect(await stage.store.attemptsOf(task.id)).toHaveLength(1);
  });

  it("either settles an attempt or gives it back, when both are tried at once", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();

    for (let round = 0; round < 10; round++) {
      const task = await stage.runningTask();
      const [standing] = await Promise.all([
        stage.complete(task),
        other.endWorker({
          workerId: defined(task.workerId),
          event: "fail",
          ending: { reason: "silent" },
          tasks: { kind: "failed", failure: failure("aborted") },
          now: stage.now,
          jitter: 0,
        }),
      ]);
      const state = standing === "accepted" ? "completed" : "failed";
      expect(await stage.task(task.id)).toMatchObject({ state });
    }
  });

  it("ends a worker that was never activated", async () => {
    const stage = await begin();
    const worker = await stage.createdWorker();

    expect(await stage.endWorker(worker)).toMatchObject({
      ended: true,
      worker: { state: "failed" },
      tasks: [],
    });
  });

  it("refuses a worker that nobody knows", async () => {
    const stage = await begin();

    await expect(stage.endWorker("nobody")).rejects.toMatchObject({ code: "worker_not_found" });
  });
}
