import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { WorkerApiHost, workerApiPlace } from "../../src/link/api/worker-api-host.ts";
import { exitCodes } from "../../src/worker/exit-codes.ts";
import { until } from "../support/until.ts";
import { WorkerStage, type WorkerWish } from "../support/worker-stage.ts";

/** Worker processes that reach the store through the worker API alone. */
async function begin() {
  const stage = await WorkerStage.open();
  const place = workerApiPlace(stage.path, "services");
  let host = new WorkerApiHost({ store: stage.store, place });
  onTestFinished(() => host.close());
  return {
    stage,
    start: async (wish: WorkerWish = {}) => {
      const launch = await stage.register(wish);
      const worker = stage.spawn({ ...launch, link: await host.linkFor(launch.workerId) });
      await stage.untilWorker(worker.id, ({ activatedAt }) => activatedAt !== undefined);
      return worker;
    },
    goAway: () => host.close(),
    comeBack: async () => {
      host = new WorkerApiHost({ store: stage.store, place });
      await host.open();
    },
  };
}

function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

it("a worker does its tasks and leaves when it is drained", async () => {
  const { stage, start } = await begin();
  const worker = await start();

  const task = await stage.run({ act: "answer", value: { of: "all" } });
  await stage.store.changeWorker({ workerId: worker.id, event: "drain", now: Date.now() });
  const { code } = await worker.ended;

  expect(task).toMatchObject({ state: "completed", result: { of: "all" } });
  expect(code).toBe(exitCodes.left);
  await expect(stage.worker(worker.id)).resolves.toMatchObject({
    ...{ state: "dead", tasksCompleted: 1 },
  });
});

it("a cancellation reaches a task that blocks its worker's event loop", async () => {
  const { stage, start } = await begin();
  const worker = await start();
  const taskId = await stage.begin({ act: "block" });

  await stage.store.cancel({ taskId, reason: "enough", now: Date.now() });

  await expect(stage.untilEnded(taskId)).resolves.toMatchObject({ state: "cancelled" });
  await expect(worker.ended).resolves.toMatchObject({ signal: "SIGKILL" });
});

it("a worker that is blocked by a task is given no other, though it has a free slot", async () => {
  const { stage, start } = await begin();
  await start({ concurrency: 2 });
  await stage.begin({ act: "block" });
  const free = await start();

  const tasks = [];
  for (let left = 5; left > 0; left--) tasks.push(await stage.run({ act: "answer", value: 1 }));

  expect(tasks.map(({ workerId }) => workerId)).toEqual(tasks.map(() => free.id));
});

it("an outcome that is ready while nobody serves the API arrives once somebody does", async () => {
  const { stage, start, goAway, comeBack } = await begin();
  const worker = await start();
  const [journal, gate] = [join(stage.folder, "journal"), join(stage.folder, "gate")];
  const taskId = await stage.submit({ act: "waitForGate", gate, journal });
  await until(() => linesOf(journal).length === 1);

  await goAway();
  writeFileSync(gate, "");
  await until(() => linesOf(journal).length === 2);
  const meanwhile = await stage.task(taskId);
  await comeBack();

  expect(meanwhile.state).toBe("running");
  await expect(stage.untilEnded(taskId)).resolves.toMatchObject({
    ...{ state: "completed", result: "the gate is open", attempt: 1 },
  });
  await expect(stage.run({ act: "answer", value: 2 })).resolves.toMatchObject({ result: 2 });
  worker.child.kill("SIGTERM");
  await expect(worker.ended).resolves.toMatchObject({ code: exitCodes.left });
});

it("a worker whose parent is gone, and the API with it, waits for nobody", async () => {
  const { stage, start, goAway } = await begin();
  // Whoever waited for the end of the attempt, or for the API, would do so for longer than this test may take.
  const patient = { abortGraceMs: 600_000, stopGraceMs: 600_000 };
  const worker = await start({ timing: patient });
  await stage.begin({ act: "sleep", ms: 600_000 });

  await goAway();
  worker.lifeline.destroy();
  const { code } = await worker.ended;

  expect(code).toBe(exitCodes.storeLost);
});

it("an outcome of a worker that was judged meanwhile changes nothing", async () => {
  const { stage, start, goAway, comeBack } = await begin();
  const worker = await start();
  const gate = join(stage.folder, "gate");
  const taskId = await stage.begin({ act: "waitForGate", gate });

  await goAway();
  writeFileSync(gate, "");
  await stage.store.endWorker({
    ...{ workerId: worker.id, event: "fail", ending: { reason: "judged" }, now: Date.now() },
    tasks: { kind: "failed", failure: { kind: "lease_lost", message: "silent" } },
    jitter: 0,
  });
  await comeBack();
  const { code, signal } = await worker.ended;

  expect(code === exitCodes.gone || signal === "SIGKILL").toBe(true);
  await expect(stage.task(taskId)).resolves.toMatchObject({ state: "pending", attempt: 1 });
});

it("a worker with a token of another project is told so and ends", async () => {
  const { stage } = await begin();
  const stranger = await WorkerStage.open();
  const host = new WorkerApiHost({
    store: stranger.store,
    place: workerApiPlace(stranger.path, "services"),
  });
  onTestFinished(() => host.close());
  const { address } = await host.linkFor("nobody");
  const launch = await stage.register();
  const own = new WorkerApiHost({
    store: stage.store,
    place: workerApiPlace(stage.path, "server"),
  });
  onTestFinished(() => own.close());
  const { token } = await own.linkFor(launch.workerId);

  const worker = stage.spawn({ ...launch, link: { kind: "api", address, token } });

  await expect(worker.ended).resolves.toMatchObject({ code: exitCodes.storeLost });
  expect(worker.log()).toContain("token of a worker");
});

it("a worker killed in a task is judged by its pid, and the task runs again", async () => {
  const { stage, start } = await begin();
  const worker = await start();
  const taskId = await stage.submit({ act: "sleep", ms: 60_000 });
  await stage.untilRunning(taskId);

  worker.child.kill("SIGKILL");
  await worker.ended;
  await stage.store.endWorker({
    ...{ workerId: worker.id, event: "fail", ending: { reason: "killed" }, now: Date.now() },
    tasks: { kind: "failed", failure: { kind: "worker_died", message: "killed" } },
    jitter: 0,
  });
  await start();

  await expect(
    stage.untilTask(taskId, ({ attempt, state }) => attempt === 2 && state === "running"),
  ).resolves.toMatchObject({ failure: { kind: "worker_died" } });
});
