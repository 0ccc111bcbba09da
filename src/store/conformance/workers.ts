import { expect, it } from "vitest";
import type { Worker, WorkerUsage } from "../../domain/worker.ts";
import { type Begin, defined, launchToken, leaseMs, type Stage, someProcess } from "./stage.ts";

export function describeWorkers(begin: Begin): void {
  it("are registered as created, with every field but the token", async () => {
    const stage = await begin();
    const worker = stage.newWorker({
      concurrency: 3,
      sessionId: "s",
      persistent: true,
      pool: "echo",
      parent: someProcess({ pid: 1 }),
      expectedMemory: 5,
      memoryLimit: 6,
      logPath: "/var/log/w.log",
      configSource: "file",
    });

    const registered = await stage.store.registerWorker({ worker, now: stage.now });

    const { launchTokenHash, ...shown } = worker;
    expect(registered).toEqual({
      ...shown,
      state: "created",
      registeredAt: stage.now,
      beats: 0,
      taskIds: [],
      tasksCompleted: 0,
      tasksFailed: 0,
      busyMs: 0,
    });
    expect(await stage.store.findWorker(worker.id)).toEqual(registered);
    expect(JSON.stringify(registered)).not.toContain(launchTokenHash);
    expect(await stage.store.listEvents({ after: 0, limit: 9 })).toMatchObject([
      { type: "worker_registered", workerId: worker.id, data: { configSource: "file" } },
    ]);
  });

  it("are recognised when they are registered again", async () => {
    const stage = await begin();
    const worker = stage.newWorker();
    const first = await stage.store.registerWorker({ worker, now: stage.now });

    const second = await stage.store.registerWorker({ worker, now: stage.now + 1 });

    expect(second).toEqual(first);
    expect(await stage.eventTypes()).toEqual(["worker_registered"]);
  });

  it("become idle with their token", async () => {
    const stage = await begin();
    const workerId = await stage.createdWorker();
    stage.now += 40;

    const worker = await activate(stage, workerId);

    expect(worker).toMatchObject({
      state: "idle",
      process: someProcess(),
      activatedAt: stage.now,
      heartbeatAt: stage.now,
      leasedUntil: stage.now + leaseMs,
    });
    expect(await stage.store.findWorker(workerId)).toEqual(worker);
    expect((await stage.eventTypes()).at(-1)).toBe("worker_ready");
  });

  it("are activated once, with the right token, and only while they are awaited", async () => {
    const stage = await begin();
    const workerId = await stage.createdWorker();
    const ended = await stage.createdWorker();
    await stage.endWorker(ended);
    const drained = await stage.createdWorker();
    await stage.store.changeWorker({ workerId: drained, event: "drain", now: stage.now });

    const refused = { code: "worker_refused" };
    await expect(activate(stage, workerId, "guess")).rejects.toMatchObject(refused);
    await activate(stage, workerId);
    await expect(activate(stage, workerId)).rejects.toMatchObject(refused);
    await expect(activate(stage, ended)).rejects.toMatchObject(refused);
    await expect(activate(stage, drained)).rejects.toMatchObject(refused);
    await expect(activate(stage, "nobody")).rejects.toMatchObject(refused);
  });

  it("stay created while they open, and become idle when they are ready", async () => {
    const stage = await begin();
    const workerId = await stage.createdWorker();
    const process = someProcess();
    const showing = { workerId, launchToken, process, now: stage.now, leaseMs, isOpening: true };

    const opening = await stage.store.activateWorker(showing);
    await expect(stage.store.activateWorker(showing)).rejects.toMatchObject({
      code: "worker_refused",
    });
    const none = await stage.store.claim({ workerId, limit: 1, now: stage.now });
    stage.now += 40;
    await stage.store.readyWorker({ workerId, now: stage.now });

    expect(opening).toMatchObject({ state: "created", process, heartbeatAt: stage.now - 40 });
    expect(opening).not.toHaveProperty("activatedAt");
    expect(none.tasks).toEqual([]);
    expect(await stage.store.findWorker(workerId)).toMatchObject({
      state: "idle",
      activatedAt: stage.now,
    });
    expect(await stage.eventTypes()).toEqual(["worker_registered", "worker_ready"]);
  });

  it("become ready neither without their token nor in any other state", async () => {
    const stage = await begin();
    const unknown = await stage.createdWorker();
    const drained = await stage.createdWorker();
    const params = { launchToken, process: someProcess(), now: stage.now, leaseMs };
    await stage.store.activateWorker({ ...params, workerId: drained, isOpening: true });
    await stage.store.changeWorker({ workerId: drained, event: "drain", now: stage.now });

    for (const workerId of [unknown, drained, "nobody"]) {
      await stage.store.readyWorker({ workerId, now: stage.now });
    }

    expect(await stage.store.findWorker(unknown)).toMatchObject({ state: "created" });
    expect(await stage.store.findWorker(drained)).toMatchObject({ state: "draining" });
  });

  it("are activated by one of two connections that race with one token", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const workerId = await stage.createdWorker();
    const params = { workerId, launchToken, process: someProcess(), now: stage.now, leaseMs };

    const outcomes = await Promise.allSettled([
      stage.store.activateWorker(params),
      other.activateWorker(params),
    ]);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("have their process and executor's reference noted", async () => {
    const stage = await begin();
    const workerId = await stage.createdWorker();
    const process = someProcess({ pid: 99 });
    const executorRef = { group: 99 };

    await stage.store.recordProcess({ workerId, process, executorRef });

    expect(await stage.store.findWorker(workerId)).toMatchObject({
      state: "created",
      process,
      executorRef,
    });
    await expect(
      stage.store.recordProcess({ workerId: "nobody", process, executorRef }),
    ).rejects.toMatchObject({ code: "worker_not_found", workerId: "nobody" });
  });

  it("have an executor's reference noted without a process: they say themselves who they are", async () => {
    const stage = await begin();
    const workerId = await stage.createdWorker();
    const process = someProcess({ pid: 7 });
    const now = stage.now;
    await stage.store.activateWorker({ workerId, launchToken, process, now, leaseMs: 1_000 });

    await stage.store.recordProcess({ workerId, executorRef: { container: "c" } });

    expect(await stage.store.findWorker(workerId)).toMatchObject({
      process,
      executorRef: { container: "c" },
    });
  });

  it("are listed in order of registration, by any property", async () => {
    const stage = await begin();
    const first = await stage.worker({ id: "w-b", pool: "p" });
    const second = await stage.createdWorker({ id: "w-a", type: "notebook", sessionId: "s" });
    const third = await stage.worker({ id: "x-c" });

    const ids = async (params: Parameters<Stage["store"]["listWorkers"]>[0]) =>
      (await stage.store.listWorkers(params)).map(({ id }) => id);
    expect(await ids({})).toEqual([first, second, third]);
    expect(await ids({ states: ["created"] })).toEqual([second]);
    expect(await ids({ type: "notebook" })).toEqual([second]);
    expect(await ids({ sessionId: "s" })).toEqual([second]);
    expect(await ids({ pool: "p" })).toEqual([first]);
    expect(await ids({ idPrefix: "w-" })).toEqual([first, second]);
    expect(await ids({ idPrefix: "w-", states: ["idle"] })).toEqual([first]);
  });

  it("extend their lease and tell what they use with each heartbeat", async () => {
    const stage = await begin();
    const workerId = await stage.worker();
    const usage = { memory: 500, cpuPercent: 12.5, processes: 2 };

    stage.now += 5_000;
    const renewal = await stage.store.renew({ workerId, now: stage.now, leaseMs: 9, usage });
    const less = { memory: 300, cpuPercent: 0, processes: 1 };
    await stage.store.renew({ workerId, now: stage.now, leaseMs: 9, usage: less });
    await stage.store.renew({ workerId, now: stage.now + 1, leaseMs: 9 });

    expect(renewal).toEqual({ standing: "live", held: [] });
    expect(await stage.store.findWorker(workerId)).toMatchObject({
      beats: 3,
      heartbeatAt: stage.now + 1,
      leasedUntil: stage.now + 10,
      usage: less,
      peakMemory: 500,
    });
  });

  it("say nothing of the processor until they know it", async () => {
    const stage = await begin();
    const workerId = await stage.worker();
    const usageAfter = async (usage: WorkerUsage) => {
      await stage.store.renew({ workerId, now: stage.now, leaseMs: 9, usage });
      return (await stage.store.findWorker(workerId))?.usage;
    };

    expect(await usageAfter({ memory: 5, processes: 1 })).toEqual({ memory: 5, processes: 1 });
    const second = { memory: 5, cpuPercent: 7, processes: 1 };
    expect(await usageAfter(second)).toEqual(second);
  });

  it("learn with a heartbeat what they hold, as the store sees it", async () => {
    const stage = await begin();
    const workerId = await stage.worker({ concurrency: 2 });
    const [kept, gone] = [await stage.submit(), await stage.submit()];
    const { tasks } = await stage.claim(workerId, { limit: 2 });
    await stage.complete(defined(tasks[1]));

    const { held } = await stage.store.renew({ workerId, now: stage.now, leaseMs: 1 });

    expect(held).toEqual([{ taskId: kept.id, attempt: 1 }]);
    expect(held.map(({ taskId }) => taskId)).not.toContain(gone.id);
  });

  it("learn with a heartbeat that they shall drain, or are gone", async () => {
    const stage = await begin();
    const workerId = await stage.worker();
    const renew = (id: string) => stage.store.renew({ workerId: id, now: stage.now, leaseMs: 1 });

    await stage.store.changeWorker({ workerId, event: "drain", now: stage.now });
    expect(await renew(workerId)).toMatchObject({ standing: "draining" });
    await stage.endWorker(workerId);
    const before = await stage.store.findWorker(workerId);
    expect(await renew(workerId)).toEqual({ standing: "gone", held: [] });
    expect(await renew("nobody")).toEqual({ standing: "gone", held: [] });

    expect(await stage.store.findWorker(workerId)).toEqual(before);
  });

  it("learn with a heartbeat that they were aborted and their tasks failed with that", async () => {
    const stage = await begin();
    const workerId = await stage.worker();

    await stage.endWorker(workerId, { ending: { reason: "aborted", aborted: true } });

    const renewal = await stage.store.renew({ workerId, now: stage.now, leaseMs: 1 });
    expect(renewal).toEqual({ standing: "gone", aborted: true, held: [] });
  });

  it("keep their tasks when their lease lapses, until somebody ends them", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    stage.now += 100 * leaseMs;

    expect((await stage.claim(await stage.worker())).tasks).toEqual([]);
    expect(await stage.complete(task)).toBe("accepted");
  });

  it("hang and respond, idle or with a task in hand", async () => {
    const stage = await begin();
    const idle = await stage.worker();
    const busy = defined((await stage.runningTask()).workerId);
    const change = (workerId: string, event: "hang" | "respond") =>
      stage.store.changeWorker({ workerId, event, now: stage.now });

    expect(await change(idle, "hang")).toMatchObject({ state: "hung" });
    expect(await change(busy, "hang")).toMatchObject({ state: "hung" });
    expect(await change(idle, "respond")).toMatchObject({ state: "idle" });
    expect(await change(busy, "respond")).toMatchObject({ state: "busy" });

    const types = await stage.eventTypes();
    expect(types.filter((type) => type === "worker_hung")).toHaveLength(2);
    expect(types.filter((type) => type === "worker_responding")).toHaveLength(2);
  });

  it("drain from any live state, and are changed in no way that the table forbids", async () => {
    const stage = await begin();
    const workerId = await stage.worker();
    const change = (event: "drain" | "hang" | "respond", id = workerId) =>
      stage.store.changeWorker({ workerId: id, event, now: stage.now });

    const illegal = { code: "illegal_transition" };
    await expect(change("respond")).rejects.toMatchObject(illegal);
    expect(await change("drain")).toMatchObject({ state: "draining" });
    await expect(change("drain")).rejects.toMatchObject(illegal);
    await expect(change("hang")).rejects.toMatchObject(illegal);
    await stage.endWorker(workerId);
    await expect(change("drain")).rejects.toMatchObject(illegal);
    await expect(change("drain", "nobody")).rejects.toMatchObject({ code: "worker_not_found" });
    expect(await change("drain", await stage.createdWorker())).toMatchObject({
      state: "draining",
    });
  });

  it("are put under a new parent while they live", async () => {
    const stage = await begin();
    const workerId = await stage.worker({ persistent: true, parent: someProcess({ pid: 1 }) });
    const parent = someProcess({ pid: 2 });

    expect(await stage.store.adoptWorker({ workerId, parent, now: stage.now })).toMatchObject({
      parent,
      state: "idle",
    });
    await stage.endWorker(workerId);
    await expect(
      stage.store.adoptWorker({ workerId, parent, now: stage.now }),
    ).rejects.toMatchObject({ code: "illegal_transition" });
  });
}

function activate(stage: Stage, workerId: string, token = launchToken): Promise<Worker> {
  const params = { workerId, launchToken: token, process: someProcess(), now: stage.now };
  return stage.store.activateWorker({ ...params, leaseMs });
}
