import { describe, expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../test/support/store-site.ts";
import { localTime } from "../domain/time-words.ts";
import type { ProcessIdentity } from "../domain/worker.ts";
import { Stage, someProcess } from "../store/conformance/stage.ts";
import type { SeenMachine } from "./look-at-machine.ts";
import type { Overview } from "./overview.ts";
import { readOverview } from "./read-overview.ts";

const gib = 1024 ** 3;
const here = someProcess().host;

describe("an overview", () => {
  it("of an empty store is well, and shows nothing", async () => {
    const { look } = await begin();

    const overview = await look();

    expect(overview.health).toEqual({ level: "well", findings: [] });
    expect(overview).toMatchObject({ types: [], workers: [], waiting: [], running: [] });
  });

  it("counts workers of each type by what they do", async () => {
    const { stage, look } = await begin();
    await stage.createdWorker();
    await stage.worker({ concurrency: 3 });
    const draining = await stage.worker();
    await stage.store.changeWorker({ workerId: draining, event: "drain", now: stage.now });
    await stage.runningTask({ type: "notebook" });
    await stage.endWorker(await stage.worker({ type: "plantuml" }));

    const { types, workers } = await look();

    expect(types.map(({ type }) => type)).toEqual(["echo", "notebook"]);
    expect(types[0]).toMatchObject({
      workers: { starting: 1, idle: 1, busy: 0, draining: 1, hung: 0, silent: 0 },
      slots: 3,
    });
    expect(types[1]).toMatchObject({ workers: { busy: 1 }, running: 1 });
    expect(workers).toHaveLength(4);
  });

  it("tells how deep each queue is, and how old its oldest task", async () => {
    const { stage, look } = await begin();
    const first = await stage.submit();
    stage.now += 5_000;
    await stage.submit({ after: [first.id] });
    await stage.submit({ queue: "slow" });

    const { types, waitingCount } = await look();

    expect(types).toMatchObject([
      {
        ...{ pending: 2, blocked: 1, running: 0, oldestPendingAt: stage.now - 5_000 },
        queues: [
          { queue: "default", pending: 1, blocked: 1, oldestPendingAt: stage.now - 5_000 },
          { queue: "slow", pending: 1, blocked: 0, oldestPendingAt: stage.now },
        ],
      },
    ]);
    expect(waitingCount).toBe(3);
  });

  it("takes no task for waiting whose time is yet to come", async () => {
    const { stage, look } = await begin();
    const submitted = stage.now;
    await stage.submit({ runAt: stage.now + 60_000 });
    await stage.submit({ queue: "slow", runAt: 1 });
    stage.now += 59_000;
    const before = (await look()).types[0]?.queues;
    expect(before).toMatchObject([{ pending: 1 }, { pending: 1, oldestPendingAt: submitted }]);
    expect(before?.[0]).not.toHaveProperty("oldestPendingAt");

    stage.now += 11_000;

    const after = (await look()).types[0]?.queues;
    expect(after?.[0]).toMatchObject({ oldestPendingAt: submitted + 60_000 });
  });

  it("names what holds tasks back, and how it ends", async () => {
    const { stage, look } = await begin();
    await stage.worker();
    await stage.submit();
    await stage.submit({ queue: "slow" });
    const scope = { queue: "default" };
    await stage.store.setPause({ scope, paused: true, by: "anna", now: stage.now });

    const { health, pauses, waiting } = await look();

    expect(pauses).toEqual([{ queue: "default", at: stage.now, by: "anna" }]);
    expect(health.findings).toContainEqual({
      level: "degraded",
      code: "paused",
      message: `Tasks of queue default are held back since ${localTime(stage.now)} (by anna).`,
      next: '"clx queue resume --queue default" lets them go on.',
    });
    const [held, other] = waiting.map(({ because }) => because);
    expect(held).toMatch(/^Tasks of queue default are held back/);
    expect(other).toMatch(/^No live worker takes/);
  });

  it("tells rates, how long tasks took, and why they failed", async () => {
    const { stage, look } = await begin();
    await runFor(stage, 10_000, (task) => stage.complete(task));
    await runFor(stage, 50, (task) => stage.fail(task, "exit_code"));
    stage.now += 120_000;
    await runFor(stage, 20_000, (task) => stage.complete(task));
    await runFor(stage, 50, (task) => stage.fail(task, "user_error"));
    await runFor(stage, 50, (task) => stage.fail(task, "user_error"));

    const { types, failures } = await look();

    expect(types[0]).toMatchObject({
      lastMinute: { completed: 1, failed: 2, cancelled: 0, completedPerMinute: 1 },
      lastHour: { completed: 2, failed: 3 },
      averageMs: 15_000,
    });
    expect(failures).toEqual([
      { type: "echo", kind: "user_error", count: 2 },
      { type: "echo", kind: "exit_code", count: 1 },
    ]);
  });

  it("says of each waiting task why it waits, in the order of their turn", async () => {
    const { stage, look } = await begin();
    const busy = await stage.runningTask();
    await stage.submit();
    const next = await stage.submit({ priority: 1 });
    const later = await stage.submit({ runAt: stage.now + 60_000 });
    const blocked = await stage.submit({ after: [busy.id] });

    const { waiting } = await look();

    expect(waiting.map(({ because }) => because)).toEqual([
      "The worker for it is busy; it is the next in line.",
      "The worker for it is busy, and 1 task is ahead of it.",
      `It is not to run before ${localTime(stage.now + 60_000)}, in 1m.`,
      `It waits for task ${busy.id} to end.`,
    ]);
    expect(waiting[0]?.task.id).toBe(next.id);
    expect(waiting.slice(2).map(({ task }) => task.id)).toEqual([later.id, blocked.id]);
  });

  it("bounds what it lists, and counts the rest", async () => {
    const { stage, look } = await begin();
    for (let n = 0; n < 25; n++) await stage.submit();

    const { waiting, waitingCount } = await look();

    expect(waiting).toHaveLength(10);
    expect(waitingCount).toBe(25);
  });

  it("tells what memory there is for more workers, and what refuses them", async () => {
    const { stage, look } = await begin({ memoryAvailable: 8 * gib });
    await stage.worker({ expectedMemory: 2 * gib });
    await stage.worker({ type: "simulation", expectedMemory: 4 * gib });

    const { memory, types } = await look();

    expect(memory).toMatchObject({ guard: 2 * gib, reserved: 6 * gib, free: 0, used: 0 });
    expect(types[1]?.room).toEqual({ slots: 0, refusal: expect.stringMatching(/4.0 GiB/) });
  });
});

describe("the health", () => {
  it("is down when tasks wait and nobody is there for any of them", async () => {
    const { stage, look } = await begin();
    await stage.submit();
    await stage.submit();

    const { health } = await look();

    expect(health.level).toBe("down");
    expect(health.findings).toMatchObject([
      {
        code: "no_workers",
        message: "2 echo tasks wait in queue default, and no live worker takes them.",
        next: expect.stringContaining("clx start-services --types echo"),
      },
    ]);
  });

  it("is degraded when tasks of one type wait for nobody while others go on", async () => {
    const { stage, look } = await begin();
    await stage.runningTask();
    await stage.submit({ type: "notebook" });

    expect(await codes(look)).toEqual(["degraded", "no_workers_for_type"]);
  });

  it("is well while tasks wait for a time, for a worker that starts, or behind others", async () => {
    const { stage, look } = await begin();
    await stage.submit({ type: "notebook", runAt: stage.now + 1_000 });
    await stage.createdWorker();
    await stage.submit();
    await stage.submit();

    expect(await codes(look)).toEqual(["well"]);
  });

  it("gives a run that has just begun the time to start its workers", async () => {
    const { stage, look } = await begin();
    const { id: sessionId } = await stage.openSession();
    await stage.submit({ sessionId });

    expect(await codes(look)).toEqual(["well"]);
    stage.now += 11_000;
    expect(await codes(look)).toEqual(["down", "no_workers"]);
  });

  it("does not count workers of another session or queue", async () => {
    const { stage, look } = await begin();
    const { id: sessionId } = await stage.openSession();
    await stage.worker({ sessionId });
    await stage.worker({ queue: "slow" });
    await stage.submit();

    expect(await codes(look)).toEqual(["down", "no_workers"]);
  });

  it.each([
    ["hung", "workers_hung"],
    ["silent", "workers_silent"],
    ["stalled", "workers_stalled"],
    ["lost", "workers_lost"],
  ])("is degraded while a worker is %s", async (condition, code) => {
    const { stage, look, gone } = await begin();
    const workerId = await stage.worker();
    if (condition === "silent") stage.now += 30_000;
    if (condition === "stalled") stage.now += 181_000;
    if (condition === "lost") gone.push(someProcess().pid);
    if (condition === "hung") {
      await stage.store.changeWorker({ workerId, event: "hang", now: stage.now });
    }

    const { health, workers } = await look();

    expect(workers).toMatchObject([{ condition }]);
    expect(health).toMatchObject({
      level: "degraded",
      findings: [{ code, message: expect.stringContaining(workerId) }],
    });
  });

  it("is down when the only worker for what waits has lost its process", async () => {
    const { stage, look, gone } = await begin();
    await stage.worker();
    gone.push(someProcess().pid);
    await stage.submit();

    expect(await codes(look)).toEqual(["down", "no_workers", "workers_lost"]);
  });

  it("is degraded when the supervisor of persistent workers is gone", async () => {
    const { stage, look, gone } = await begin();
    const parent = someProcess({ pid: 99 });
    await stage.worker({ persistent: true, parent });
    await stage.worker({ persistent: false, parent: someProcess({ pid: 98 }) });

    const before = await look();
    gone.push(99, 98);
    const after = await look();

    expect(before.supervisors).toMatchObject([
      { kind: "supervisor", alive: true, workers: 1, persistentWorkers: 1 },
      { process: { pid: 98 }, persistentWorkers: 0 },
    ]);
    expect(before.health.level).toBe("well");
    expect(after.health.findings).toMatchObject([
      { code: "supervisor_lost", message: expect.stringContaining("Process 99") },
    ]);
  });

  it("is degraded while a pool has too few workers, until it has them or its supervisor is gone", async () => {
    const { stage, look, gone } = await begin();
    const supervisor = someProcess({ pid: 99 });
    const data = { pool: "echo", queue: "default", wanted: 2, supervisor: { ...supervisor } };
    const about = { at: stage.now, workerType: "echo", data };
    await stage.store.appendEvents({
      events: [
        { ...about, type: "pool_starting" },
        { ...about, type: "admission_refused", message: "no further echo worker: no memory" },
      ],
    });
    await stage.worker({ pool: "echo", parent: supervisor });
    const short = await look();
    const second = await stage.worker({ pool: "echo", parent: supervisor });
    const whole = await look();
    await stage.endWorker(second);
    gone.push(99);

    expect(short.pools).toMatchObject([{ name: "echo", wanted: 2, live: 1 }]);
    expect(short.health.findings).toMatchObject([
      {
        code: "pool_short",
        message: "Pool echo has 1 of 2 workers: no further echo worker: no memory",
      },
    ]);
    expect(whole.health.level).toBe("well");
    expect(await codes(look)).toEqual(["well"]);
  });

  it("does not promise workers of a pool that wants none any more", async () => {
    const { stage, look } = await begin();
    const data = { pool: "echo", queue: "default", wanted: 0, supervisor: { ...someProcess() } };
    const about = { at: stage.now, workerType: "echo", data };
    await stage.store.appendEvents({ events: [{ ...about, type: "pool_started" }] });
    await stage.submit();

    const { health } = await look();

    expect(health.findings[0]?.next).toMatch(
      /^Pool echo of process \d+ wants none any more: .*by hand\. "clx start-services --types echo"/,
    );
  });

  it("does not promise workers of a pool that serves another queue", async () => {
    const { stage, look } = await begin();
    const data = { pool: "echo", queue: "default", wanted: 1, supervisor: { ...someProcess() } };
    const about = { at: stage.now, workerType: "echo", data };
    await stage.store.appendEvents({ events: [{ ...about, type: "pool_gave_up", message: "no" }] });
    const id = (await stage.submit({ queue: "slow" })).id;

    const { health, waiting } = await look();

    const advice = '"clx supervise --type echo --queue slow" starts some';
    expect(waiting).toMatchObject([{ task: { id }, because: expect.stringContaining(advice) }]);
    expect(health.findings[0]?.next).toContain(advice);
  });

  it("is well once a pool was stopped, whatever trouble it had", async () => {
    const { stage, look } = await begin();
    const data = { pool: "echo", queue: "default", wanted: 2, supervisor: { ...someProcess() } };
    const about = { at: stage.now, workerType: "echo", data };
    await stage.store.appendEvents({
      events: [
        { ...about, type: "pool_gave_up" },
        { ...about, type: "pool_stopped" },
      ],
    });

    expect((await look()).pools).toEqual([]);
  });

  it("is degraded when tasks wait for memory beside an idle worker", async () => {
    const { stage, look } = await begin({ memoryAvailable: 4 * gib });
    await stage.worker();
    const task = await stage.submit({ expectedMemory: 3 * gib });

    const { health, waiting } = await look();

    expect(health.findings).toMatchObject([
      { code: "memory_short", message: expect.stringContaining(task.id) },
    ]);
    expect(waiting[0]?.because).toMatch(/3.0 GiB of memory, and only 2.0 GiB are free/);
  });
});

async function begin(facts: Partial<SeenMachine["facts"]> = {}) {
  const site = await openSqliteSite({ synchronous: "off" });
  onTestFinished(() => site.close());
  const stage = new Stage(site);
  const gone: number[] = [];
  const machine: SeenMachine = {
    host: here,
    isAlive: ({ pid }: ProcessIdentity) => !gone.includes(pid),
    facts: {
      ...{ memoryTotal: 16 * gib, memoryAvailable: 12 * gib, physicalCores: 8 },
      ...{ platform: "linux", pressure: "normal", oomKills: 0 },
      ...facts,
    },
  };
  return { stage, gone, look: () => readOverview(stage.store, machine, stage.now) };
}

async function runFor(
  stage: Stage,
  ms: number,
  end: (task: Awaited<ReturnType<Stage["runningTask"]>>) => Promise<string>,
): Promise<void> {
  const task = await stage.runningTask();
  stage.now += ms;
  await end(task);
  await stage.endWorker(task.workerId ?? "");
}

async function codes(look: () => Promise<Overview>): Promise<string[]> {
  const { level, findings } = (await look()).health;
  return [level, ...findings.map(({ code }) => code)];
}
