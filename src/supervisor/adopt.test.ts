import { describe, expect, it } from "vitest";
import { goneIdentity, idleProcess } from "../../test/support/supervisor-processes.ts";
import { poolOf, SupervisorStage } from "../../test/support/supervisor-stage.ts";
import { until } from "../../test/support/until.ts";
import { ScriptedMachine } from "../executor/scripted/scripted-machine.ts";
import type { PoolSpec } from "./pool.ts";

const persistent = poolOf({ persistent: true, count: 2 });

/** Workers of a supervisor that has left them; its process is gone, or lives. */
async function forsakenWorkers(params: { readonly parentLives?: boolean } = {}) {
  const stage = await SupervisorStage.open();
  const machine = new ScriptedMachine();
  const supervisor = await stage.settled(stage.scripted({}, machine), [persistent]);
  await supervisor.stop({ leavePersistent: true });
  const workers = await stage.live();
  const parent = params.parentLives ? (await idleProcess()).identity : await goneIdentity();
  for (const { id } of workers) {
    await stage.store.adoptWorker({ workerId: id, parent, now: Date.now() });
  }
  const start = async (pool: PoolSpec) => {
    const executor = stage.scripted({}, machine);
    const next = stage.supervisor(executor, [pool]);
    await next.start();
    return { executor, next };
  };
  const settle = async (pool: PoolSpec) => {
    const started = await start(pool);
    await started.next.whenSettled();
    return started;
  };
  return { stage, workers, start, settle };
}

describe("the next supervisor", () => {
  it("takes over the workers of its pool instead of starting any", async () => {
    const { stage, workers, settle } = await forsakenWorkers();

    const { executor, next } = await settle(persistent);

    expect(executor.orders).toEqual([]);
    const [pool] = (await next.status()).pools;
    expect(pool?.workers.map(({ id, adopted }) => [id, adopted])).toEqual(
      workers.map(({ id }) => [id, true]),
    );
    expect(await stage.eventsOf("worker_adopted")).toHaveLength(2);
  });

  it("fills up what is missing", async () => {
    const { executor } = await (await forsakenWorkers()).settle({ ...persistent, count: 3 });

    expect(executor.orders).toHaveLength(1);
  });

  it("drains those that are too many", async () => {
    const { stage, workers, start } = await forsakenWorkers();

    const { executor, next } = await start({ ...persistent, count: 0 });
    await until(async () => (await stage.eventsOf("worker_draining")).length === 2);
    for (const { id } of workers) executor.crash(id, { kind: "exited", code: 0 });
    await next.whenSettled();

    expect(await stage.live()).toEqual([]);
    expect(executor.orders).toEqual([]);
  });

  it.each<[string, Partial<PoolSpec>]>([
    ["name", { name: "another" }],
    ["type", { type: "notebook" }],
    ["queue", { queue: "another" }],
    ["persistence", { persistent: false }],
  ])("leaves workers alone whose pool differs in its %s", async (_, over) => {
    const { stage, workers, settle } = await forsakenWorkers();

    const { executor } = await settle({ ...persistent, ...over });

    expect(executor.orders).toHaveLength(2);
    expect(await stage.eventsOf("worker_adopted")).toEqual([]);
    expect(executor.running).toEqual(expect.arrayContaining(workers.map(({ id }) => id)));
  });

  it("never takes workers of a supervisor that lives", async () => {
    const { executor } = await (await forsakenWorkers({ parentLives: true })).settle(persistent);

    expect(executor.orders).toHaveLength(2);
  });

  it("notices the end of a worker that it adopted", async () => {
    const { stage, workers, settle } = await forsakenWorkers();
    const { executor, next } = await settle(persistent);
    const [worker] = workers;

    executor.crash(worker?.id ?? "");
    await until(() => executor.orders.length === 1);
    await next.whenSettled();

    expect((await stage.worker(worker?.id ?? "")).state).toBe("failed");
    expect(executor.running).toHaveLength(2);
  });

  it("lets a worker go that yet another supervisor has taken", async () => {
    const { stage, workers, settle } = await forsakenWorkers();
    const { next } = await settle(persistent);
    const other = (await idleProcess()).identity;

    for (const { id } of workers) {
      await stage.store.adoptWorker({ workerId: id, parent: other, now: Date.now() });
    }
    await until(async () => {
      const [pool] = (await next.status()).pools;
      return pool?.workers.every(({ adopted }) => !adopted);
    });

    for (const { id } of workers) expect((await stage.worker(id)).endedAt).toBeUndefined();
  });
});
