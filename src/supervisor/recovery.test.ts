import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { forbidProcessLeaks } from "../../test/support/process-leaks.ts";
import { goneIdentity, idleProcess, workerRow } from "../../test/support/supervisor-processes.ts";
import { SupervisorStage } from "../../test/support/supervisor-stage.ts";
import { isAlive, ownIdentity } from "../machine/process-identity.ts";
import { Journal } from "./journal.ts";
import { Patience } from "./patience.ts";
import { Recovery } from "./recovery.ts";

forbidProcessLeaks();

const limits = {
  leaseMs: 100,
  stalledAfterMs: 1_000,
  startupTimeoutMs: 300,
  leaveMs: 500,
  handoverMs: 400,
};

/** A recovery whose time is the test's. */
async function openRecovery() {
  const stage = await SupervisorStage.open();
  let time = 0;
  const clock = { now: () => Date.now(), monotonic: () => time };
  const onError = (error: unknown) => stage.errors.push(error);
  const { store } = stage;
  const recovery = new Recovery({
    store,
    clock,
    onError,
    limits,
    executors: new Map(),
    journal: new Journal({ store, clock, patience: new Patience(0), onError }),
    longestStepMs: 10_000,
  });
  return {
    stage,
    store,
    async sweepAt(ms: number): Promise<void> {
      time = ms;
      await recovery.sweep();
      await recovery.idle();
    },
  };
}

describe("a worker whose process is gone", () => {
  it("is failed, and its task runs again", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const worker = await workerRow(store, { process: await goneIdentity() });
    const taskId = await stage.submit();
    await stage.claim(worker.id);

    await sweepAt(0);

    expect(await stage.worker(worker.id)).toMatchObject({
      state: "failed",
      ending: { reason: "its process is gone" },
    });
    expect(await stage.task(taskId)).toMatchObject({ state: "pending", attempt: 1 });
  });

  it("takes its strays with it before its task is given back", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const worker = await workerRow(store, { process: await goneIdentity() });
    const stray = await idleProcess({ CLX_WORKER_ID: worker.id });

    await sweepAt(0);

    expect(isAlive(stray.identity)).toBe(false);
    const [event] = await stage.eventsOf("orphan_ended");
    expect(event?.data).toMatchObject({ processes: 1, reason: "its process is gone" });
  });

  it("never has a stranger signalled who got its pid", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const stranger = await idleProcess();
    const process = { ...stranger.identity, startedAt: "long ago" };
    const worker = await workerRow(store, { process });

    await sweepAt(0);
    await sweepAt(10_000);

    expect((await stage.worker(worker.id)).state).toBe("failed");
    expect(isAlive(stranger.identity)).toBe(true);
  });

  it("is left to its supervisor for a while, if that lives", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const parent = (await idleProcess()).identity;
    const worker = await workerRow(store, { process: await goneIdentity(), parent });

    await sweepAt(0);
    await sweepAt(399);
    const before = (await stage.worker(worker.id)).state;
    await sweepAt(400);

    expect(before).toBe("idle");
    expect((await stage.worker(worker.id)).state).toBe("failed");
  });

  it("is known to be gone when this host has been started again since", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const [name] = ownIdentity().host.split("/");
    const process = { pid: 1, startedAt: "1", host: `${name}/another-boot/pid:[1]` };
    const worker = await workerRow(store, { process });

    await sweepAt(0);

    expect((await stage.worker(worker.id)).state).toBe("failed");
  });
});

describe("a worker without a living supervisor", () => {
  it("has time to leave, and is ended with its tree after that", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const parent = await goneIdentity();
    const { identity: process } = await idleProcess();
    const worker = await workerRow(store, { process, parent });
    const child = await idleProcess({ CLX_WORKER_ID: worker.id });
    const taskId = await stage.submit();
    await stage.claim(worker.id);

    await sweepAt(0);
    await sweepAt(499);
    const before = isAlive(process);
    await sweepAt(500);

    expect(before).toBe(true);
    expect([isAlive(process), isAlive(child.identity)]).toEqual([false, false]);
    expect((await stage.worker(worker.id)).ending?.reason).toContain("it did not leave");
    expect((await stage.task(taskId)).state).toBe("pending");
  });

  it("goes on when it is persistent", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const { identity: process } = await idleProcess();
    const parent = await goneIdentity();
    const worker = await workerRow(store, { process, parent, persistent: true });

    await sweepAt(0);
    await store.renew({ workerId: worker.id, now: Date.now(), leaseMs: 10 });
    await sweepAt(5_000);

    expect((await stage.worker(worker.id)).state).toBe("idle");
    expect(isAlive(process)).toBe(true);
  });

  it("is buried at once when it was never started", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const worker = await workerRow(store, { parent: await goneIdentity() });

    await sweepAt(0);

    expect((await stage.worker(worker.id)).state).toBe("failed");
  });

  it("shows as hung when it is silent, and recovers when it beats", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const { identity: process } = await idleProcess();
    const worker = await workerRow(store, { process });

    await sweepAt(0);
    await sweepAt(100);
    const silent = (await stage.worker(worker.id)).state;
    await store.renew({ workerId: worker.id, now: Date.now(), leaseMs: 10 });
    await sweepAt(200);

    expect(silent).toBe("hung");
    expect((await stage.worker(worker.id)).state).toBe("idle");
  });

  it("is killed once stalled with a task, and the task runs again", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const { identity: process, child } = await idleProcess();
    child.kill("SIGSTOP");
    const worker = await workerRow(store, { process });
    const taskId = await stage.submit();
    await stage.claim(worker.id);

    await sweepAt(0);
    await sweepAt(1_000);

    expect(isAlive(process)).toBe(false);
    expect((await stage.task(taskId)).state).toBe("pending");
    const [attempt] = await store.attemptsOf(taskId);
    expect(attempt?.failure?.kind).toBe("lease_lost");
  });
});

describe("a worker of another machine", () => {
  const elsewhere = { pid: 1, startedAt: "1", host: "elsewhere/boot/pid:[1]" };

  it("keeps its task for as long as it beats", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const worker = await workerRow(store, { process: elsewhere });

    for (let time = 0; time <= 1_000; time += 90) {
      await store.renew({ workerId: worker.id, now: Date.now(), leaseMs: 10 });
      await sweepAt(time);
    }

    expect((await stage.worker(worker.id)).state).toBe("idle");
  });

  it("has lapsed once it was silent for a lease, as we have watched it", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const worker = await workerRow(store, { process: elsewhere });
    const taskId = await stage.submit();
    await stage.claim(worker.id);

    await sweepAt(50_000);
    const before = (await stage.worker(worker.id)).state;
    await sweepAt(50_100);

    expect(before).toBe("busy");
    expect((await stage.task(taskId)).state).toBe("pending");
    const [attempt] = await store.attemptsOf(taskId);
    expect(attempt?.failure?.kind).toBe("lease_lost");
  });

  it("keeps the longer lease that it was given", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const worker = await workerRow(store, { process: elsewhere });
    await store.renew({ workerId: worker.id, now: Date.now(), leaseMs: 2_000 });

    await sweepAt(0);
    await sweepAt(1_999);

    expect((await stage.worker(worker.id)).state).toBe("idle");
  });
});

describe("a worker of another living supervisor", () => {
  it("is left alone, however silent", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const parent = (await idleProcess()).identity;
    const { identity: process } = await idleProcess();
    const worker = await workerRow(store, { process, parent });

    await sweepAt(0);
    await sweepAt(10_000);

    expect((await stage.worker(worker.id)).state).toBe("idle");
    expect(isAlive(process)).toBe(true);
  });
});

describe("a row that has ended while its process runs", () => {
  async function endedRow(parent?: Awaited<ReturnType<typeof goneIdentity>>) {
    const open = await openRecovery();
    const running = await idleProcess();
    const { identity: process } = running;
    const worker = await workerRow(open.store, { process, ...(parent && { parent }) });
    const released = { kind: "released" } as const;
    const ending = { reason: "aborted by hand" };
    const end = { workerId: worker.id, event: "fail", ending, tasks: released } as const;
    await open.store.endWorker({ ...end, now: Date.now(), jitter: 0 });
    return { ...open, ...running };
  }

  it("has its process ended once that had time to leave", async () => {
    const { sweepAt, identity, child } = await endedRow();
    const exited = once(child, "exit");

    await sweepAt(0);
    await sweepAt(499);
    const before = isAlive(identity);
    await sweepAt(500);
    await exited;

    expect(before).toBe(true);
    expect(isAlive(identity)).toBe(false);
  });

  it("is its supervisor's matter, if that lives", async () => {
    const { sweepAt, identity } = await endedRow((await idleProcess()).identity);

    await sweepAt(0);
    await sweepAt(10_000);

    expect(isAlive(identity)).toBe(true);
  });
});

describe("a session", () => {
  it("ends when the process that opened it is gone, and its tasks with it", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const session = { id: "s1", kind: "build", process: await goneIdentity() };
    await store.openSession({ session, now: Date.now() });
    const taskId = await stage.submit({ sessionId: "s1" });

    await sweepAt(0);

    expect((await store.findSession("s1"))?.endReason).toContain("is gone");
    expect((await stage.task(taskId)).state).toBe("cancelled");
  });

  it("stays open while its process runs", async () => {
    const { store, sweepAt } = await openRecovery();
    const session = { id: "s1", kind: "build", process: ownIdentity() };
    await store.openSession({ session, now: Date.now() });

    await sweepAt(0);

    expect((await store.findSession("s1"))?.endedAt).toBeUndefined();
  });
});

describe("an inline worker", () => {
  it("keeps its task while its host lives, for nobody can end it alone", async () => {
    const { stage, store, sweepAt } = await openRecovery();
    const worker = await workerRow(store, { process: ownIdentity(), mode: "inline" });
    const taskId = await stage.submit();
    await stage.claim(worker.id);

    await sweepAt(0);
    await sweepAt(500);
    await sweepAt(10_000);

    expect((await stage.worker(worker.id)).state).toBe("hung");
    expect((await stage.task(taskId)).state).toBe("running");
  });
});
