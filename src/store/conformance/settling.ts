import { expect, it } from "vitest";
import { type TaskEvent, taskTransitions } from "../../domain/task-state.ts";
import { documentCap, type SettleParams } from "../task-store.ts";
import { type Begin, defined, failed, failure, numbered, type Stage } from "./stage.ts";

export function describeSettling(begin: Begin): void {
  it("completes a task, with its result and what it used", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    stage.now += 250;

    const outcome = { kind: "completed", result: { pages: 3 } } as const;
    const standing = await stage.settle(task, outcome, { peakMemory: 5_000, cpuMs: 120 });

    expect(standing).toBe("accepted");
    expect(await stage.task(task.id)).toEqual({
      ...task,
      state: "completed",
      endedAt: stage.now,
      result: { pages: 3 },
      peakMemory: 5_000,
      cpuMs: 120,
    });
    expect(await stage.store.findWorker(defined(task.workerId))).toMatchObject({
      state: "idle",
      taskIds: [],
      tasksCompleted: 1,
      tasksFailed: 0,
      busyMs: 250,
      peakMemory: 5_000,
    });
    expect((await stage.eventTypes(task.id)).at(-1)).toBe("task_completed");
  });

  it("tells a result of null from no result", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    await stage.settle(task, { kind: "completed", result: null });

    expect(await stage.task(task.id)).toHaveProperty("result", null);
  });

  it("keeps what there is of a result when a task fails for good", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const result = { text: "half of it" };

    await stage.settle(task, { kind: "failed", failure: failure("over_budget"), result });

    expect(await stage.task(task.id)).toMatchObject({
      state: "failed",
      failure: { kind: "over_budget" },
      result,
    });
  });

  it("keeps no result of a failure that is followed by another attempt", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    await stage.settle(task, { kind: "failed", failure: failure("unavailable"), result: 1 });

    const again = await stage.task(task.id);
    expect(again.state).toBe("pending");
    expect(again).not.toHaveProperty("result");
  });

  it("fails a task for good when the fault is the user's", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    await stage.fail(task, "exit_code");

    expect(await stage.task(task.id)).toMatchObject({
      state: "failed",
      endedAt: stage.now,
      failure: failure("exit_code"),
    });
    expect(await stage.store.findWorker(defined(task.workerId))).toMatchObject({ tasksFailed: 1 });
    expect((await stage.eventTypes(task.id)).at(-1)).toBe("task_failed");
  });

  it("tries a fault of the infrastructure again after a back-off", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    await stage.fail(task, "handler_error");

    const runAt = stage.now + task.retry.backoffMs;
    expect(await stage.task(task.id)).toMatchObject({
      state: "pending",
      runAt,
      attempt: 1,
      failure: failure("handler_error"),
    });
    expect((await stage.eventTypes(task.id)).at(-1)).toBe("task_requeued");
    const worker = await stage.worker();
    expect(await stage.claim(worker)).toMatchObject({ tasks: [], nextDueAt: runAt });
    stage.now = runAt;
    expect(await stage.claimTask(worker)).toMatchObject({ id: task.id, attempt: 2 });
  });

  it("uses the jitter that it is given", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    await stage.store.settle({ ...settleParams(stage, task, failed("signal")), jitter: 0 });

    const runAt = stage.now + task.retry.backoffMs / 2;
    expect(await stage.task(task.id)).toMatchObject({ runAt });
  });

  it("fails a task once its attempts are used, with the last evidence", async () => {
    const stage = await begin();
    const { id } = await stage.submit({
      retry: { maxAttempts: 2, on: "infrastructure", backoffMs: 0, maxBackoffMs: 0 },
    });
    const worker = await stage.worker();

    await stage.fail(await stage.claimTask(worker), "signal");
    await stage.fail(await stage.claimTask(worker), "out_of_memory");

    expect(await stage.task(id)).toMatchObject({
      state: "failed",
      attempt: 2,
      failure: failure("out_of_memory"),
    });
  });

  it("releases an interrupted attempt at once, and does not count it", async () => {
    const stage = await begin();
    const task = await stage.runningTask({ retry: oneAttempt });

    await stage.settle(task, { kind: "released" });

    expect(await stage.task(task.id)).toMatchObject({ state: "pending", attemptLimit: 2 });
    expect((await stage.eventTypes(task.id)).at(-1)).toBe("task_released");
    const again = await stage.claimTask(await stage.worker());
    await stage.fail(again, "signal");
    expect(await stage.task(task.id)).toMatchObject({ state: "failed", attempt: 2 });
  });

  it("claims for the same worker in the same step", async () => {
    const stage = await begin();
    const worker = await stage.worker();
    const [first, second] = [await stage.submit(), await stage.submit()];
    const task = await stage.claimTask(worker);

    const params = { ...settleParams(stage, task, { kind: "completed" }), limit: 1 };
    const { standings, claim } = await stage.store.settle(params);

    expect(task.id).toBe(first.id);
    expect(standings).toEqual(["accepted"]);
    expect(claim).toMatchObject({ standing: "live", tasks: [{ id: second.id, attempt: 1 }] });
    expect(await stage.store.findWorker(worker)).toMatchObject({
      state: "busy",
      taskIds: [second.id],
    });
  });

  it("answers for each of several settlements, in their order", async () => {
    const stage = await begin();
    const worker = await stage.worker({ concurrency: 3 });
    await stage.store.submit({ tasks: numbered(3, () => stage.newTask()), now: stage.now });
    const { tasks } = await stage.claim(worker, { limit: 3 });

    const { standings } = await stage.store.settle({
      workerId: worker,
      settlements: tasks.map(({ id }, index) => ({
        taskId: id,
        attempt: index === 1 ? 7 : 1,
        outcome: { kind: "completed" },
      })),
      limit: 0,
      now: stage.now,
      jitter: 0,
    });

    expect(standings).toEqual(["accepted", "superseded", "accepted"]);
    const heldTask = defined(tasks[1]).id;
    expect(await stage.store.findWorker(worker)).toMatchObject({
      state: "busy",
      taskIds: [heldTask],
      tasksCompleted: 2,
    });
  });

  it("changes nothing for an attempt that another one has followed", async () => {
    const stage = await begin();
    const old = await stage.runningTask();
    await stage.endWorker(defined(old.workerId));
    const current = await stage.claimTask(await stage.worker());
    const before = await stage.task(old.id);

    expect(await stage.complete(old)).toBe("superseded");
    expect(await stage.complete({ ...old, attempt: current.attempt })).toBe("superseded");
    expect(await stage.complete({ ...current, attempt: old.attempt })).toBe("superseded");

    expect(await stage.task(old.id)).toEqual(before);
    expect(await stage.complete(current)).toBe("accepted");
  });

  it("changes nothing for a worker that never held the task", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const stranger = await stage.worker();

    expect(await stage.complete({ ...task, workerId: stranger })).toBe("superseded");

    expect(await stage.task(task.id)).toEqual(task);
    expect(await stage.store.findWorker(stranger)).toMatchObject({ tasksCompleted: 0 });
  });

  it("changes nothing for an ended worker whose task nobody has taken since", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.endWorker(defined(task.workerId), { tasks: { kind: "released" } });

    const settled = await stage.store.settle(settleParams(stage, task, { kind: "completed" }));

    expect(settled).toEqual({
      standings: ["superseded"],
      claim: { tasks: [], standing: "gone" },
    });
    expect(await stage.task(task.id)).toMatchObject({ state: "pending" });
  });

  it("recognises a settlement that is repeated because its answer was lost", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const outcome = { kind: "completed", result: 1 } as const;
    await stage.settle(task, outcome);
    const before = await stage.store.findWorker(defined(task.workerId));

    stage.now += 1_000;
    expect(await stage.settle(task, outcome)).toBe("accepted");

    expect(await stage.task(task.id)).toMatchObject({ result: 1, endedAt: stage.now - 1_000 });
    expect(await stage.store.findWorker(defined(task.workerId))).toEqual(before);
  });

  it("recognises a repeated settlement after which the task was tried again", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.fail(task, "worker_died");
    const again = await stage.claimTask(await stage.worker());

    expect(await stage.fail(task, "worker_died")).toBe("accepted");

    expect(await stage.task(task.id)).toEqual(again);
  });

  it("answers superseded for a task that nobody knows", async () => {
    const stage = await begin();
    const task = await stage.runningTask();

    expect(await stage.complete({ ...task, id: "nobody" })).toBe("superseded");
  });

  it("keeps the log lines that come with it", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const logs = [{ at: stage.now, stream: "stderr", line: "last words" }] as const;

    await stage.settle(task, failed("exit_code"), { logs });

    const { lines } = await stage.store.logsOf({ taskId: task.id, after: 0, limit: 10 });
    expect(lines).toEqual([{ ...logs[0], cursor: 1, attempt: 1 }]);
  });

  it("lets a draining worker finish what it holds, and gives it nothing more", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.submit();
    const workerId = defined(task.workerId);
    await stage.store.changeWorker({ workerId, event: "drain", now: stage.now });

    const params = { ...settleParams(stage, task, { kind: "completed" }), limit: 1 };
    const { standings, claim } = await stage.store.settle(params);

    expect(standings).toEqual(["accepted"]);
    expect(claim).toEqual({ tasks: [], standing: "draining" });
    expect(await stage.store.findWorker(workerId)).toMatchObject({ state: "draining" });
  });

  it("takes a hung worker that gives back its last task as responding", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const workerId = defined(task.workerId);
    await stage.store.changeWorker({ workerId, event: "hang", now: stage.now });

    await stage.complete(task);

    expect(await stage.store.findWorker(workerId)).toMatchObject({ state: "idle" });
    expect(await stage.eventTypes()).toContain("worker_responding");
  });

  it("refuses a result that is too large, and changes nothing", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const result = "x".repeat(documentCap);

    await expect(stage.settle(task, { kind: "completed", result })).rejects.toMatchObject({
      code: "invalid_value",
    });

    expect(await stage.task(task.id)).toEqual(task);
  });

  it("settles through one connection what was claimed through another", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const task = await stage.runningTask();

    await other.settle(settleParams(stage, task, { kind: "completed" }));

    expect(await stage.task(task.id)).toMatchObject({ state: "completed" });
  });

  it("settles each attempt once when two connections race with it", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const task = await stage.runningTask();

    const params = settleParams(stage, task, { kind: "completed" });
    await Promise.all([stage.store.settle(params), other.settle(params)]);

    const types = await stage.eventTypes(task.id);
    expect(types.filter((type) => type === "task_completed")).toHaveLength(1);
    expect(await stage.store.findWorker(defined(task.workerId))).toMatchObject({
      tasksCompleted: 1,
    });
  });

  it("leaves every state as the table says", async () => {
    const stage = await begin();
    const outcomes = {
      complete: { kind: "completed" },
      fail: failed("user_error"),
      cancel: { kind: "cancelled" },
      requeue: failed("signal"),
      release: { kind: "released" },
    } as const;

    for (const [event, outcome] of Object.entries(outcomes)) {
      const task = await stage.runningTask({ queue: event });
      await stage.settle(task, outcome);
      const { to } = taskTransitions[event as TaskEvent];
      expect(await stage.task(task.id)).toMatchObject({ state: to });
    }
  });
}

const oneAttempt = { maxAttempts: 1, on: "infrastructure", backoffMs: 0, maxBackoffMs: 0 } as const;

function settleParams(
  stage: Stage,
  task: { readonly id: string; readonly attempt: number; readonly workerId?: string },
  outcome: SettleParams["settlements"][number]["outcome"],
): SettleParams {
  return {
    workerId: defined(task.workerId),
    settlements: [{ taskId: task.id, attempt: task.attempt, outcome }],
    limit: 0,
    now: stage.now,
    jitter: 1,
  };
}
