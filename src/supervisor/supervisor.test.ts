import { describe, expect, it } from "vitest";
import { poolOf, roomyMachine, SupervisorStage } from "../../test/support/supervisor-stage.ts";
import { until } from "../../test/support/until.ts";
import type { EventType } from "../domain/event.ts";
import { ownIdentity } from "../machine/process-identity.ts";
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
