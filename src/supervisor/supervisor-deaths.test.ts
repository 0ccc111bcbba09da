import { describe, expect, it } from "vitest";
import { poolOf, roomyMachine, SupervisorStage } from "../../test/support/supervisor-stage.ts";
import { until } from "../../test/support/until.ts";
import { defaultRestart } from "./pool.ts";

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
