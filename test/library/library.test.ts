import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import {
  ClxError,
  DirectWorkerExecutor,
  openStore,
  submit,
  type TaskStore,
  WorkerConfig,
  WorkerDiscovery,
  WorkerEventLogger,
  WorkerLifecycleManager,
  WorkerPoolManager,
  waitForTask,
} from "../../src/index.ts";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("runs direct workers unless told otherwise, and needs an image for Docker", () => {
  const plain = new WorkerConfig({ workerType: "command" });

  expect(plain).toMatchObject({ count: 1, executionMode: "direct" });
  expect(
    new WorkerConfig({ workerType: "command", executionMode: "docker", image: "x:1" }),
  ).toBeDefined();
  expect(() => new WorkerConfig({ workerType: "command", executionMode: "docker" })).toThrow(
    'the "command" workers shall run in Docker, but no image is named; set image, or executionMode to "direct"',
  );
});

it.each([
  [{ workerType: "" }, 'workerType is "", but must be a name'],
  [{ workerType: "command", count: -1 }, "count is -1, but must be a whole number of at least 0"],
  [{ workerType: "command", concurrency: 0 }, "concurrency is 0"],
  [{ workerType: "command", memoryLimit: "much" }, 'memoryLimit is "much", which is no size'],
  [{ workerType: "comand" }, "did you mean command?"],
  [{ workerType: "x", handler: "/no/such.mjs" }, "there is no module /no/such.mjs"],
])("refuses the configuration %j", (params, message) => {
  expect(() => new WorkerConfig(params)).toThrow(message);
});

it("starts pools of a program's own worker type, and stops them without a trace", async () => {
  const { folder, dbPath, config } = newPlace();
  const manager = new WorkerPoolManager({
    dbPath,
    workspacePath: folder,
    workerConfigs: [config(2)],
  });
  const workers = await manager.startPools();
  const store = await manager.store();

  const tasks = await Promise.all(
    [1, 2, 3].map((payload) => submit(store, { type: "double", payload })),
  );
  const ended = await Promise.all(tasks.map(({ id }) => waitForTask({ store, taskId: id })));
  const stats = await manager.stats();
  await manager.stopPools();

  expect(workers).toHaveLength(2);
  expect(ended.map(({ result }) => result)).toEqual([2, 4, 6].map((value) => ({ value, folder })));
  expect(stats).toMatchObject([{ workerType: "double", pendingTasks: 0, runningTasks: 0 }]);
  for (const { process } of workers) expect(identify(process?.pid ?? 0)).toBeUndefined();
});

it("says why a pool has no workers", async () => {
  const { dbPath, handler } = newPlace();
  const vast = new WorkerConfig({ workerType: "double", handler, expectedMemory: "9000t" });
  const docker = new WorkerConfig({ workerType: "command", executionMode: "docker", image: "x:1" });

  const start = (config: WorkerConfig) =>
    new WorkerPoolManager({ dbPath, workerConfigs: [config] }).startPools();

  await expect(start(vast)).rejects.toMatchObject({
    code: "admission_refused",
    message: expect.stringContaining("no further double worker: it is expected to need"),
  });
  vi.stubEnv("DOCKER_HOST", "unix:///no/such.sock");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(start(docker)).rejects.toMatchObject({ code: "docker_unavailable" });
});

it("starts and stops single workers, and tells what they use", async () => {
  const { dbPath, config } = newPlace();
  const executor = new DirectWorkerExecutor({ dbPath });
  onTestFinished(() => executor.cleanup());

  const id = await executor.startWorker(config(1), 3);
  const ranBefore = await executor.isWorkerRunning(id);
  const usage = await until(async () => {
    const now = await executor.getWorkerStats(id);
    return now && now.memory > 1_000_000 ? now : undefined;
  });
  await executor.stopWorker(id);
  const store = await openPlace(dbPath);

  expect(id).toMatch(/^direct-double-3-[0-9a-f]{8}$/);
  expect(ranBefore).toBe(true);
  expect(usage.processes).toBe(1);
  expect(await executor.isWorkerRunning(id)).toBe(false);
  expect(await store.findWorker(id)).toMatchObject({ state: "dead", mode: "direct" });
  await expect(executor.isWorkerRunning("nosuch")).rejects.toThrow("no worker has the id nosuch");
});

it("gives back the task of a single worker that was killed, with the evidence", async () => {
  const { dbPath, config } = newPlace();
  const executor = new DirectWorkerExecutor({ dbPath });
  onTestFinished(() => executor.cleanup());
  const store = await openPlace(dbPath);
  const { id: taskId } = await submit(store, { type: "double", payload: "for ever" });
  const workerId = await executor.startWorker(config(1));
  await until(async () => (await store.findTask(taskId))?.state === "running");

  process.kill((await store.findWorker(workerId))?.process?.pid ?? 0, "SIGKILL");
  await until(async () => (await store.findWorker(workerId))?.state === "failed");

  const task = await store.findTask(taskId);
  expect(task).toMatchObject({
    state: "pending",
    failure: { kind: "worker_died", signal: "SIGKILL" },
  });
});

it("starts only the workers that are missing, and ends only its own", async () => {
  const { dbPath, config } = newPlace();
  const params = { dbPath, workerConfigs: [config(2)] };
  const first = new WorkerLifecycleManager({ ...params, workerConfigs: [config(1)] });
  const second = new WorkerLifecycleManager(params);
  const never = new WorkerLifecycleManager({ ...params, autoStart: false });
  const discovery = new WorkerDiscovery({ store: await openPlace(dbPath) });

  const started = await first.startManagedWorkers();
  const added = await second.startManagedWorkers();
  const need = await Promise.all([first, second, never].map((one) => one.shouldStartWorkers()));
  await second.stopManagedWorkers();
  const left = await discovery.discoverWorkers({ type: "double" });
  await first.stopManagedWorkers();

  expect([started.length, added.length]).toEqual([1, 1]);
  expect(need).toEqual([false, false, false]);
  expect(left.map(({ id }) => id)).toEqual(started.map(({ id }) => id));
  expect(await discovery.countHealthyWorkers("double")).toBe(0);
});

it("takes over the persistent workers of a program that is gone, and stops them", async () => {
  const { folder, dbPath, config, handler } = newPlace();
  const site = new ClxSite();
  const supervise = ["supervise", "--type", "double", "--handler", handler, "--persistent"];
  const program = site.start([...supervise, "--db-path", dbPath, "--force"], { cwd: folder });
  await program.says(/pool_started/);
  program.kill("SIGKILL");
  await program.end;
  const discovery = new WorkerDiscovery({ store: await openPlace(dbPath) });
  const [before] = await discovery.discoverWorkers();

  const manager = new WorkerLifecycleManager({ dbPath, workerConfigs: [config(1)] });
  const [adopted] = await manager.startPersistentWorkers();
  const count = await manager.stopPersistentWorkers();

  expect(adopted).toMatchObject({ id: before?.id, persistent: true });
  expect(count).toBe(1);
  expect(identify(before?.process?.pid ?? 0)).toBeUndefined();
  expect(await discovery.discoverWorkers()).toEqual([]);
});

it("cleans up after a program that left dead rows", async () => {
  const { dbPath, config } = newPlace();
  const executor = new DirectWorkerExecutor({ dbPath });
  const id = await executor.startWorker(config(1));
  await executor.cleanup();
  const manager = new WorkerPoolManager({ dbPath, workerConfigs: [config(1)] });
  onTestFinished(() => manager.stopPools());

  const { removed } = await manager.cleanupStaleWorkers();

  expect(removed).toBe(1);
  expect(await (await manager.store()).findWorker(id)).toBeUndefined();
});

it("logs what happens to workers and pools, and reads it back from a cursor", async () => {
  const { dbPath } = newPlace();
  const log = new WorkerEventLogger({ store: await openPlace(dbPath), now: () => 61_000 });
  const worker = {
    id: "w1",
    type: "double",
    mode: "direct",
    activatedAt: 1_000,
    tasksCompleted: 4,
  };

  await log.logPoolStarting({
    workerType: "double",
    mode: "direct",
    count: 1,
    configSource: "file",
  });
  await log.logWorkerReady(worker);
  await log.logWorkerStopped(worker, "no more work");

  expect(await log.list()).toMatchObject([
    { cursor: 1, type: "pool_starting", data: { count: 1, configSource: "file" } },
    { cursor: 2, type: "worker_ready", workerId: "w1", workerType: "double", mode: "direct" },
    {
      cursor: 3,
      type: "worker_stopped",
      message: "no more work",
      data: { jobsProcessed: 4, uptimeMs: 60_000 },
    },
  ]);
  expect(await log.list({ after: 2 })).toHaveLength(1);
});

it("takes no task for a time that was made of seconds", async () => {
  const store = await openPlace(newPlace().dbPath);
  const asked = (runAt: Date) => submit(store, { type: "double", payload: 1, runAt });

  await expect(asked(new Date(1_790_000_000))).rejects.toMatchObject({
    code: "invalid_value",
    message: expect.stringContaining("1970-01-21T17:13:20.000Z; it must not be before 2001"),
  });
  await expect(asked(new Date("soon"))).rejects.toThrow("no date");
  expect((await store.listTasks({ limit: 1 })).items).toEqual([]);
});

it("stops waiting for a task when its signal is aborted", async () => {
  const store = await openPlace(newPlace().dbPath);
  const { id: taskId } = await submit(store, { type: "x", payload: null });

  const waiting = waitForTask({
    store,
    taskId,
    signal: AbortSignal.abort(new ClxError("interrupted", "enough")),
  });

  await expect(waiting).rejects.toThrow("enough");
});

function newPlace() {
  const folder = mkdtempSync(join(tmpdir(), "clx-library-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const handler = join(folder, "double.mjs");
  writeFileSync(
    handler,
    `let settings;
     export default {
       type: "double",
       open(host) { settings = host.settings; },
       async handle({ payload }, { signal }) {
         if (payload !== "for ever") return { value: payload * 2, folder: settings.workspacePath };
         await new Promise((_, reject) => {
           const timer = setInterval(() => {}, 1000);
           signal.addEventListener("abort", () => { clearInterval(timer); reject(signal.reason); });
         });
       },
     };`,
  );
  const config = (count: number) =>
    new WorkerConfig({ workerType: "double", count, handler, expectedMemory: 0 });
  return { folder, dbPath: join(folder, "jobs.db"), config, handler };
}

async function openPlace(path: string): Promise<TaskStore> {
  const store = await openStore({ path });
  onTestFinished(() => store.close());
  return store;
}
