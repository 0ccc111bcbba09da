import { describe, expect, it } from "vitest";
import { poolOf, SupervisorStage } from "../../test/support/supervisor-stage.ts";
import { until } from "../../test/support/until.ts";
import { defaultRetry } from "../domain/task.ts";
import { abortWorker } from "./abort-worker.ts";
import { systemClock } from "./clock.ts";

describe("draining", () => {
  it("makes a worker leave for good, whoever drained it", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor, [poolOf({ count: 2 })]);
    const [first = "", second = ""] = executor.running;

    await supervisor.drain(first);
    await stage.store.changeWorker({ workerId: second, event: "drain", now: Date.now() });
    executor.crash(first, { kind: "exited", code: 0 });
    await until(async () => (await supervisor.status()).pools[0]?.wanted === 0);
    executor.crash(second, { kind: "exited", code: 0 });
    await supervisor.whenSettled();

    expect(executor.orders).toHaveLength(2);
    expect((await stage.worker(first)).state).toBe("dead");
    expect((await stage.worker(second)).state).toBe("dead");
  });

  it("is known from the log when the worker has left before anybody looked", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor);
    const [worker = ""] = executor.running;
    const now = Date.now();
    const ending = { reason: "it was asked to" };
    const tasks = { kind: "released" } as const;

    const drained = stage.store.changeWorker({ workerId: worker, event: "drain", now });
    const left = stage.store.endWorker({
      workerId: worker,
      event: "leave",
      ending,
      tasks,
      now,
      jitter: 0,
    });
    await Promise.all([drained, left]);
    executor.crash(worker, { kind: "exited", code: 0 });
    await supervisor.whenSettled();

    expect(executor.orders).toHaveLength(1);
    expect((await supervisor.status()).pools[0]?.wanted).toBe(0);
  });
});

describe("aborting", () => {
  it("fails the task and the worker in one step, and does not replace it", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ ignoresStop: true });
    const supervisor = await stage.settled(executor);
    const taskId = await stage.submit();
    const [worker = ""] = executor.running;
    await stage.claim(worker);

    const { ended, tasks } = await supervisor.abort(worker, { tasks: "fail" });
    await supervisor.whenSettled();

    expect(ended).toBe(true);
    expect(tasks).toMatchObject([{ id: taskId, state: "failed", failure: { kind: "aborted" } }]);
    expect(executor.running).toEqual([]);
    expect(await stage.eventsOf("worker_aborted")).toHaveLength(1);
    expect((await supervisor.status()).pools[0]?.wanted).toBe(0);
  });

  it("gives the task back only after the worker's end when it shall run again", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted((nth) => ({ ignoresStop: nth === 0 }));
    const supervisor = await stage.settled(executor);
    const taskId = await stage.submit();
    const [worker = ""] = executor.running;
    await stage.claim(worker);

    await supervisor.abort(worker, { tasks: "requeue" });
    await supervisor.whenSettled();

    expect(await stage.task(taskId)).toMatchObject({ state: "pending", attemptLimit: 4 });
    expect((await stage.worker(worker)).state).toBe("failed");
    expect(executor.running).toHaveLength(1);
    expect(executor.running).not.toContain(worker);
  });

  it("by another process ends the worker's own process too", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ ignoresStop: true });
    const supervisor = await stage.settled(executor);
    const [worker = ""] = executor.running;

    await stage.store.endWorker({
      workerId: worker,
      event: "fail",
      ending: { reason: "aborted by hand" },
      tasks: { kind: "released" },
      now: Date.now(),
      jitter: 0,
    });
    await until(() => executor.running.length === 0);
    await supervisor.whenSettled();

    expect(executor.orders).toHaveLength(1);
  });

  it("by another process that wants the tasks to run again has the worker replaced", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor);
    const taskId = await stage.submit({ retry: { ...defaultRetry, maxAttempts: 1 } });
    const [worker = ""] = executor.running;
    await stage.claim(worker);

    await abortWorker({
      store: stage.store,
      clock: systemClock,
      workerId: worker,
      tasks: "requeue",
      endTree: async () => executor.crash(worker),
    });
    await stage.untilWorker(worker, ({ state }) => state === "failed");
    await supervisor.whenSettled();

    expect(await stage.task(taskId)).toMatchObject({ state: "pending", attemptLimit: 2 });
    expect(executor.running).toHaveLength(1);
  });

  it("a worker that drains already asks for no further place to be given up", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ ignoresStop: true });
    const supervisor = await stage.settled(executor, [poolOf({ count: 2 })]);
    const [worker = ""] = executor.running;

    await supervisor.drain(worker);
    await until(async () => (await supervisor.status()).pools[0]?.wanted === 1);
    await supervisor.abort(worker, { tasks: "fail" });
    await supervisor.whenSettled();

    expect((await supervisor.status()).pools[0]?.wanted).toBe(1);
    expect(executor.running).toHaveLength(1);
  });

  it("refuses a worker that nobody knows", async () => {
    const stage = await SupervisorStage.open();
    const supervisor = await stage.settled(stage.scripted(), []);

    const abort = supervisor.abort("nobody", { tasks: "fail" });

    await expect(abort).rejects.toMatchObject({ code: "worker_not_found" });
  });
});

describe("stopping", () => {
  it("adds no worker any more", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor);

    const stop = supervisor.stop({ graceMs: 500 });
    const add = supervisor.addWorker({ type: "command" });

    await expect(add).rejects.toMatchObject({ code: "interrupted" });
    await stop;
    expect(executor.running).toEqual([]);
  });

  it("ends all workers at once and is the same stop when asked again", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor, [poolOf({ count: 3 })]);

    const first = supervisor.stop({ graceMs: 1_000 });
    const second = supervisor.stop({ graceMs: 0 });
    await first;

    expect(second).toBe(first);
    expect(executor.running).toEqual([]);
    expect(await stage.live()).toEqual([]);
    const rows = await stage.store.listWorkers({});
    expect(rows.map(({ state }) => state)).toEqual(["dead", "dead", "dead"]);
  });

  it("kills who does not leave, and gives its task back uncounted", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ ignoresStop: true });
    const supervisor = await stage.settled(executor);
    const taskId = await stage.submit();
    await stage.claim(executor.running[0] ?? "");

    await supervisor.stop({ graceMs: 20 });

    expect(executor.running).toEqual([]);
    expect(await stage.task(taskId)).toMatchObject({ state: "pending", attemptLimit: 4 });
  });

  it("rejects with what is left when something cannot be ended", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor);
    const [worker = ""] = executor.running;
    executor.isRunning = async () => true;

    const stop = supervisor.stop({ graceMs: 100 });

    await expect(stop).rejects.toMatchObject({ code: "process_not_stopped" });
    await expect(stop).rejects.toThrow(worker);
    supervisor.stop = async () => {};
  });

  it("ends workers that are only just starting", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ onStart: () => {} });
    const supervisor = stage.supervisor(executor, [poolOf({ count: 2 })]);
    await supervisor.start();

    await supervisor.stop({ graceMs: 500 });

    expect(executor.running).toEqual([]);
    expect(await stage.live()).toEqual([]);
  });

  it("can leave persistent workers to the next supervisor", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const pools = [poolOf({ persistent: true }), poolOf({ name: "mortal" })];
    const supervisor = await stage.settled(executor, pools);

    await supervisor.stop({ graceMs: 500, leavePersistent: true });

    const live = await stage.live();
    expect(live.map(({ persistent }) => persistent)).toEqual([true]);
    expect(executor.running).toEqual(live.map(({ id }) => id));
  });
});
