import { describe, expect, it } from "vitest";
import { poolOf, roomyMachine, SupervisorStage } from "../../test/support/supervisor-stage.ts";
import { until } from "../../test/support/until.ts";
import type { EventType } from "../domain/event.ts";
import { defaultRetry } from "../domain/task.ts";
import { ownIdentity } from "../machine/process-identity.ts";
import { abortWorker } from "./abort-worker.ts";
import { systemClock } from "./clock.ts";
import { defaultRestart } from "./pool.ts";

const gib = 1024 ** 3;

describe("a pool", () => {
  it("gets the workers it wants, each at its place", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();

    const supervisor = await stage.settled(executor, [poolOf({ count: 3 })]);

    const [pool] = (await supervisor.status()).pools;
    expect(pool).toMatchObject({ wanted: 3, ready: 3, starting: 0, leaving: 0, waiting: 0 });
    expect(pool?.workers.map(({ place }) => place)).toEqual([0, 1, 2]);
    expect(pool?.workers.map(({ row }) => row?.state)).toEqual(["idle", "idle", "idle"]);
  });

  it("keeps the launch token out of the store and everything else in the row", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();

    await stage.settled(executor, [poolOf({ memoryLimit: gib, env: { A: "b" } })]);

    const [worker] = await stage.live();
    const [order] = executor.orders;
    expect(worker).toMatchObject({
      type: "command",
      pool: "command",
      mode: "scripted",
      configSource: "test",
      memoryLimit: gib,
      logPath: order?.logPath,
    });
    expect(order).toMatchObject({
      memoryLimit: gib,
      env: { A: "b" },
      launch: { workerId: worker?.id, leaveWithParent: true },
    });
    const token = order?.launch.launchToken ?? "";
    expect(token).toHaveLength(64);
    expect(JSON.stringify([worker, await stage.eventsOf("worker_starting")])).not.toContain(token);
  });

  it("tells its story in the log", async () => {
    const stage = await SupervisorStage.open();
    const supervisor = await stage.settled(stage.scripted(), [poolOf({ count: 2 })]);

    await supervisor.stop({ graceMs: 1_000 });

    const types: EventType[] = ["supervisor_started", "pool_starting", "pool_started"];
    const ending: EventType[] = ["pool_stopping", "pool_stopped", "supervisor_stopped"];
    const events = await stage.eventsOf(...types, ...ending);
    expect(events.map(({ type }) => type)).toEqual([...types, ...ending]);
    expect(events[1]?.data).toMatchObject({ wanted: 2, configSource: "test" });
    expect(events[3]?.data).toMatchObject({ count: 2 });
    const starting = await stage.eventsOf("worker_starting");
    expect(starting[0]?.data).toMatchObject({ reason: "its pool wants one more", pool: "command" });
    expect(stage.said.length).toBeGreaterThan(0);
  });

  it("starts no more at once than it may", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ onStart: () => {} });
    const pool = poolOf({ count: 8 });

    const supervisor = stage.supervisor(executor, [pool], { startupParallel: 3 });
    await supervisor.start();
    await supervisor.whenIdle();

    expect(executor.running).toHaveLength(3);
  });

  it("grows and shrinks", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor);

    supervisor.scale("command", 3);
    await supervisor.whenSettled();
    const grown = executor.running.length;
    supervisor.scale("command", 1);
    const drained = await until(async () => {
      const events = await stage.eventsOf("worker_draining");
      return events.length === 2 ? events : undefined;
    });

    expect(grown).toBe(3);
    expect(drained.map(({ workerId }) => workerId?.split("-")[2])).toEqual(["2", "1"]);
  });

  it("can be added later", async () => {
    const stage = await SupervisorStage.open();
    const supervisor = await stage.settled(stage.scripted(), []);

    supervisor.setPool(poolOf({ name: "late" }));
    await supervisor.whenSettled();

    expect((await stage.live()).map(({ pool }) => pool)).toEqual(["late"]);
  });

  it("says which modes there are when its own is not among them", async () => {
    const stage = await SupervisorStage.open();
    const restart = { ...defaultRestart, maxRestarts: 0 };
    const pool = poolOf({ mode: "docker", restart });

    const supervisor = await stage.settled(stage.scripted(), [pool]);

    const [status] = (await supervisor.status()).pools;
    expect(status?.gaveUp).toContain("wants execution mode docker; this supervisor has scripted");
  });
});

describe("a worker that crashes", () => {
  it("gives its task back and is replaced", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor);
    const taskId = await stage.submit();
    const [worker = ""] = executor.running;
    await stage.claim(worker);

    executor.crash(worker, { kind: "killed", signal: "SIGSEGV" });
    await until(() => executor.running.length === 1);
    await supervisor.whenSettled();

    expect(await stage.task(taskId)).toMatchObject({ state: "pending", attempt: 1 });
    expect(await stage.worker(worker)).toMatchObject({
      state: "failed",
      ending: { reason: `${worker} was ended by SIGSEGV`, signal: "SIGSEGV" },
    });
    const [scheduled] = await stage.eventsOf("worker_restart_scheduled");
    expect(scheduled?.data).toMatchObject({ restarts: 1, delayMs: 5 });
    const attempts = await stage.store.attemptsOf(taskId);
    expect(attempts[0]?.failure).toMatchObject({ kind: "worker_died", signal: "SIGSEGV" });
  });

  it("keeps its task until nothing of its tree is left", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ strays: 1 });
    await stage.settled(executor);
    const taskId = await stage.submit();
    const [worker = ""] = executor.running;
    await stage.claim(worker);
    const cleanup = executor.cleanup.bind(executor);
    const states: string[] = [];
    executor.cleanup = async (ref) => {
      states.push((await stage.task(taskId)).state);
      return cleanup(ref);
    };

    executor.crash(worker);
    await stage.untilTask(taskId, ({ state }) => state === "pending");

    expect(states[0]).toBe("running");
  });

  it("tries again to bury it when its strays could not be ended", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    await stage.settled(executor, [poolOf()], { sweepMs: 20 });
    const taskId = await stage.submit();
    const [worker = ""] = executor.running;
    await stage.claim(worker);
    const cleanup = executor.cleanup.bind(executor);
    let failures = 2;
    executor.cleanup = async (ref) => {
      if (failures-- > 0) throw new Error(`${ref.workerId} has a child that will not end`);
      return cleanup(ref);
    };

    executor.crash(worker);
    await stage.untilTask(taskId, ({ state }) => state === "pending");

    expect(failures).toBe(-1);
    expect(stage.errors).toHaveLength(2);
  });

  it("is not failed a second time when it has ended its own row", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor);
    const [worker = ""] = executor.running;
    await stage.store.endWorker({
      workerId: worker,
      event: "fail",
      ending: { reason: "its store was lost" },
      tasks: { kind: "released" },
      now: Date.now(),
      jitter: 0,
    });

    executor.crash(worker, { kind: "exited", code: 24 });
    await until(() => executor.running.length === 1 && executor.running[0] !== worker);
    await supervisor.whenIdle();

    const failed = await stage.eventsOf("worker_failed");
    expect(failed.map(({ message }) => message)).toEqual(["its store was lost"]);
  });

  it("is told apart from one that the kernel killed for want of memory", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    let oomKills = 3;
    const machine = () => ({ ...roomyMachine, oomKills });
    await stage.settled(executor, [poolOf()], { readMachine: machine });
    const taskId = await stage.submit();
    const [worker = ""] = executor.running;
    await stage.claim(worker);

    oomKills = 4;
    executor.crash(worker);
    await stage.untilTask(taskId, ({ state }) => state === "pending");

    const [attempt] = await stage.store.attemptsOf(taskId);
    expect(attempt?.failure?.kind).toBe("out_of_memory");
  });

  it("again and again makes its pool give up, until somebody asks anew", async () => {
    const stage = await SupervisorStage.open();
    let isBroken = true;
    const executor = stage.scripted(() =>
      isBroken ? { endsAfterMs: 1, exit: { kind: "exited", code: 7 } } : {},
    );
    const restart = { ...defaultRestart, maxRestarts: 3, delayMs: 2 };
    const supervisor = await stage.settled(executor, [poolOf({ restart })]);
    const starts = executor.orders.length;
    const { gaveUp } = (await supervisor.status()).pools[0] ?? {};
    const [event] = await stage.eventsOf("pool_gave_up");

    isBroken = false;
    supervisor.scale("command", 1);
    await supervisor.whenSettled();

    expect(starts).toBe(4);
    expect(gaveUp).toContain("4 workers in a row ended within ");
    expect(gaveUp).toContain("exited with code 7");
    expect(event?.data).toMatchObject({ reason: gaveUp, wanted: 1 });
    expect(executor.running).toHaveLength(1);
  });
});

describe("a worker that does not start", () => {
  it("is failed with the reason", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted((nth) => (nth === 0 ? { startFails: "no such image" } : {}));

    await stage.settled(executor);

    const [failed] = await stage.store.listWorkers({ states: ["failed"] });
    expect(failed?.ending?.reason).toContain("no such image");
    expect(executor.running).toHaveLength(1);
  });

  it("is ended when it is not ready in time", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted((nth) => (nth === 0 ? { onStart: () => {} } : {}));

    await stage.settled(executor, [poolOf({ startupTimeoutMs: 30 })]);

    const [failed] = await stage.store.listWorkers({ states: ["failed"] });
    expect(failed?.ending?.reason).toContain("it was not ready within 30 ms");
    expect(executor.stops).toMatchObject([{ graceMs: 0, workerId: failed?.id }]);
    expect(executor.running).toHaveLength(1);
  });

  it("was never healthy, however long its start was waited for: its pool gives up", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted({ onStart: () => {} });
    const restart = {
      ...defaultRestart,
      delayMs: 1,
      maxRestarts: 2,
      windowMs: 50,
      healthyAfterMs: 10,
    };

    await stage.settled(executor, [poolOf({ startupTimeoutMs: 20, restart })]);

    const [gaveUp] = await stage.eventsOf("pool_gave_up");
    expect(gaveUp?.message).toMatch(/3 workers in a row .* it was not ready within 20 ms/);
  });
});

describe("a worker that is silent", () => {
  const timing = { leaseMs: 40 };

  it("shows as hung, and as responding when it beats again", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    await stage.settled(executor, [poolOf()], { sweepMs: 10, timing });
    const [worker = ""] = executor.running;
    const now = Date.now();
    await stage.store.renew({ workerId: worker, now, leaseMs: 40 });

    await stage.untilWorker(worker, ({ state }) => state === "hung");
    await stage.store.renew({ workerId: worker, now, leaseMs: 40 });
    await stage.untilEvent("worker_responding");

    expect(await stage.eventsOf("worker_failed")).toEqual([]);
  });

  it("is killed once stalled, and only then gives its task back", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted((nth) => ({ ignoresStop: nth === 0 }));
    const silence = { stalledAfterMs: 120 };
    await stage.settled(executor, [poolOf()], { sweepMs: 10, timing, silence });
    const [worker = ""] = executor.running;
    const now = Date.now();
    await stage.store.renew({ workerId: worker, now, leaseMs: 40 });
    const taskId = await stage.submit();
    await stage.claim(worker);

    await stage.untilTask(taskId, ({ state }) => state === "pending");

    expect(executor.running).not.toContain(worker);
    const [attempt] = await stage.store.attemptsOf(taskId);
    expect(attempt?.failure).toMatchObject({ kind: "lease_lost" });
    expect((await stage.worker(worker)).ending?.reason).toContain("no heartbeat for");
    expect(await stage.eventsOf("worker_hung")).toHaveLength(1);
  });
});

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

describe("admission", () => {
  it("refuses once in the log, and starts the worker when there is room", async () => {
    const stage = await SupervisorStage.open();
    let physicalCores = 2;
    const readMachine = () => ({ ...roomyMachine, physicalCores });
    const executor = stage.scripted();
    const supervisor = await stage.settled(executor, [poolOf({ count: 4 })], { readMachine });
    const { refused, ready } = (await supervisor.status()).pools[0] ?? {};
    const taskId = await stage.submit();
    await stage.claim(executor.running[0] ?? "");
    await supervisor.whenIdle();

    physicalCores = 4;
    await stage.store.cancel({ taskId, reason: "to make the store ring", now: Date.now() });
    await until(() => executor.running.length === 4);

    expect(refused).toMatchObject({ limit: "cpu", room: { live: 2, admissible: 2 } });
    expect(ready).toBe(2);
    const events = await stage.eventsOf("admission_refused");
    expect(events.map(({ data }) => data?.reason)).toEqual(["cpu"]);
  });

  it("counts workers that have only just been started", async () => {
    const stage = await SupervisorStage.open();
    const readMachine = () => ({
      ...roomyMachine,
      memoryAvailable: 10 * gib,
      memoryTotal: 16 * gib,
    });
    const executor = stage.scripted();
    const pool = poolOf({ count: 4, expectedMemory: 3 * gib });

    const supervisor = await stage.settled(executor, [pool], { readMachine });

    expect(executor.orders).toHaveLength(2);
    expect((await supervisor.status()).pools[0]?.refused?.limit).toBe("memory");
  });

  it("caps what is added by hand, unless forced, and never goes past the ceiling", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const admission = { hardCap: 1, ceiling: 2 };
    const supervisor = await stage.settled(executor, [poolOf()], { admission });

    const plain = supervisor.addWorker({ type: "command" });
    await expect(plain).rejects.toMatchObject({ code: "admission_refused", limit: "cap" });
    const forced = await supervisor.addWorker({ type: "command", force: true });
    await supervisor.whenSettled();
    const second = supervisor.addWorker({ pool: "command", force: true });
    await expect(second).rejects.toMatchObject({ limit: "ceiling" });

    expect(executor.running).toHaveLength(2);
    expect(executor.running).toContain(forced);
    expect((await supervisor.mayAdd({ type: "command" })).kind).toBe("refused");
  });

  it("replaces a forced worker that crashes", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const readMachine = () => ({ ...roomyMachine, physicalCores: 1 });
    const supervisor = await stage.settled(executor, [poolOf()], { readMachine });
    const forced = await supervisor.addWorker({ type: "command", force: true });
    await supervisor.whenSettled();

    executor.crash(forced);
    await until(() => executor.orders.length === 3);
    await supervisor.whenSettled();

    expect(executor.running).toHaveLength(2);
  });
});

describe("a session", () => {
  it("that has ended leaves nothing to replace", async () => {
    const stage = await SupervisorStage.open();
    const executor = stage.scripted();
    const session = { id: "s1", kind: "build", process: ownIdentity() };
    await stage.store.openSession({ session, now: Date.now() });
    const pools = [poolOf({ count: 2 })];
    const supervisor = await stage.settled(executor, pools, { sessionId: "s1" });
    const owners = (await stage.live()).map(({ sessionId }) => sessionId);

    await stage.store.endSession({ sessionId: "s1", reason: "built", now: Date.now() });
    await until(async () => (await supervisor.status()).pools[0]?.wanted === 0);
    for (const id of executor.running) executor.crash(id, { kind: "exited", code: 0 });
    await supervisor.whenSettled();

    expect(owners).toEqual(["s1", "s1"]);
    expect(executor.orders).toHaveLength(2);
  });
});

describe("two supervisors on one store", () => {
  it("each keep their own and never touch the other's", async () => {
    const stage = await SupervisorStage.open();
    const [one, two] = [stage.scripted(), stage.scripted()];
    const quick = { sweepMs: 10, timing: { leaseMs: 30 }, silence: { handoverMs: 20 } };
    await stage.settled(one, [poolOf({ count: 2 })], quick);
    const second = await stage.settled(two, [poolOf({ count: 2 })]);

    await second.stop({ graceMs: 500 });
    for (const workerId of one.running) {
      await stage.store.renew({ workerId, now: Date.now(), leaseMs: 30 });
    }
    await until(async () => (await stage.eventsOf("worker_hung")).length === 2);

    expect(one.running).toHaveLength(2);
    expect(one.orders).toHaveLength(2);
    expect(two.running).toEqual([]);
    expect(await stage.eventsOf("worker_failed", "orphan_ended")).toEqual([]);
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
