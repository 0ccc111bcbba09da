import { renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { isAlive } from "../../src/machine/process-identity.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { goneIdentity } from "../support/supervisor-processes.ts";
import { until } from "../support/until.ts";
import { handlerAt, overApi, WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

const left = { code: 0, signal: null };

describe("a worker that is asked to leave", () => {
  it("leaves at once when it is idle, and says what it has done", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    await stage.run({ act: "answer", value: 1 });

    worker.child.kill("SIGTERM");

    expect(await worker.ended).toEqual(left);
    const row = await stage.worker(worker.id);
    expect(row.state).toBe("dead");
    expect(row.ending?.reason).toMatch(/^asked to leave by SIGTERM; ended 1 attempt in \S+$/);
  });

  it("lets what runs come to its end, and takes nothing more", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const running = await stage.submit({ act: "sleep", ms: 600 });
    await stage.untilRunning(running);

    worker.child.kill("SIGINT");
    const waiting = await stage.submit({ act: "answer", value: 1 });

    expect(await worker.ended).toEqual(left);
    expect((await stage.task(running)).state).toBe("completed");
    expect((await stage.task(waiting)).attempt).toBe(0);
  });

  it("gives back what does not end in its grace; that attempt does not count", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start({ timing: { stopGraceMs: 200 } });
    const id = await stage.submit({ act: "sleep", ms: 60_000 });
    await stage.untilRunning(id);

    worker.child.kill("SIGTERM");

    expect(await worker.ended).toEqual(left);
    expect(await stage.task(id)).toMatchObject({ state: "pending", attempt: 1, attemptLimit: 4 });
  });

  it("gives back at once what runs, when it is asked a second time", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start({ timing: { stopGraceMs: 60_000 } });
    const id = await stage.submit({ act: "sleep", ms: 60_000 });
    await stage.untilRunning(id);

    worker.child.kill("SIGTERM");
    worker.child.kill("SIGHUP");

    expect(await worker.ended).toEqual(left);
    expect((await stage.task(id)).state).toBe("pending");
  });

  it("kills itself over an attempt that does not heed that, and gives the task back", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start({ timing: { stopGraceMs: 100 } });
    const id = await stage.submit({ act: "ignoreSignal" });
    await stage.untilRunning(id);

    worker.child.kill("SIGTERM");

    expect((await worker.ended).signal).toBe("SIGKILL");
    expect((await stage.task(id)).state).toBe("pending");
    expect((await stage.worker(worker.id)).state).toBe("failed");
  });

  it("finishes its task and leaves when it is drained, however long that takes", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start({ timing: { stopGraceMs: 1 } });
    const running = await stage.submit({ act: "sleep", ms: 700 });
    await stage.untilRunning(running);
    await stage.submit({ act: "answer" });

    await stage.store.changeWorker({ workerId: worker.id, event: "drain", now: Date.now() });

    expect(await worker.ended).toEqual(left);
    expect((await stage.task(running)).state).toBe("completed");
    expect((await stage.worker(worker.id)).ending?.reason).toContain("drained");
  });

  it.skipIf(overApi)(
    "finishes its task and leaves when its database is in its place no more",
    async () => {
      const stage = await WorkerStage.open();
      const worker = await stage.start({ leaveWithParent: false });
      const running = await stage.submit({ act: "sleep", ms: 1_500 });
      await stage.untilRunning(running);
      await stage.untilWorker(worker.id, ({ beats }) => beats > 1);

      for (const end of ["-wal", "-shm", ""]) {
        renameSync(`${stage.path}${end}`, `${stage.path}.moved${end}`);
      }

      expect(await worker.ended).toEqual(left);
      expect((await stage.task(running)).state).toBe("completed");
      expect((await stage.worker(worker.id)).ending?.reason).toContain("drained");
    },
  );

  it("leaves when it is drained while idle", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady({ timing: { heartbeatMs: 60_000, pollMs: 60_000 } });

    await stage.store.changeWorker({ workerId: worker.id, event: "drain", now: Date.now() });

    expect(await worker.ended).toEqual(left);
  });
});

describe("a worker whose lifeline is its standard input", () => {
  it("lets its handlers look at that, and leaves with its parent all the same", async () => {
    const stage = await WorkerStage.open();
    const worker = stage.spawn(await stage.register({}), undefined, 0);
    const task = await stage.untilEnded(await stage.submit({ act: "lookAtStandardInput" }));

    worker.lifeline.end();
    await worker.ended;

    expect(task).toMatchObject({ state: "completed", result: false });
    expect((await stage.worker(worker.id)).ending?.reason).toContain("parent is gone");
  });
});

describe("a worker whose parent is gone", () => {
  it("leaves at once, and gives back what it ran", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.submit({ act: "sleep", ms: 60_000 });
    await stage.untilRunning(id);

    worker.lifeline.destroy();

    expect(await worker.ended).toEqual(left);
    expect((await stage.task(id)).state).toBe("pending");
    expect((await stage.worker(worker.id)).ending?.reason).toContain("parent is gone");
  });

  it("leaves when it is idle", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady();

    worker.lifeline.destroy();

    expect(await worker.ended).toEqual(left);
  });

  it("closes its session behind it, and with it the session's tasks", async () => {
    const stage = await WorkerStage.open();
    const sessionId = newId(Date.now());
    await stage.store.openSession({
      session: { id: sessionId, kind: "build", process: await goneIdentity() },
      now: Date.now(),
    });
    const worker = await stage.start({ sessionId });
    const running = await stage.submit({ act: "sleep", ms: 60_000 }, { sessionId });
    const waiting = await stage.submit({ act: "answer" }, { sessionId });
    await stage.untilRunning(running);

    worker.lifeline.destroy();

    expect(await worker.ended).toEqual(left);
    expect((await stage.store.findSession(sessionId))?.endedAt).toBeDefined();
    expect((await stage.task(running)).state).toBe("cancelled");
    expect((await stage.task(waiting)).state).toBe("cancelled");
  });

  it("is ended by its pulse when it blocks its event loop, its session closed", async () => {
    const stage = await WorkerStage.open();
    const sessionId = newId(Date.now());
    await stage.store.openSession({
      session: { id: sessionId, kind: "build", process: await goneIdentity() },
      now: Date.now(),
    });
    const launch = await stage.register({ sessionId });
    const parent = stage.spawnUnderParent(launch);
    const id = await stage.begin({ act: "block" }, { sessionId });
    const worker = (await stage.worker(launch.workerId)).process;

    parent.kill("SIGKILL");

    await until(() => worker !== undefined && isAlive(worker) === false);
    expect((await stage.task(id)).state).toBe("cancelled");
    expect((await stage.store.findSession(sessionId))?.endedAt).toBeDefined();
    expect((await stage.worker(launch.workerId)).state).toBe("failed");
  });

  it("goes on when it was told to", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady({ leaveWithParent: false });

    worker.lifeline.destroy();

    expect((await stage.run({ act: "answer", value: 1 })).state).toBe("completed");
    expect(worker.child.exitCode).toBeNull();
  });
});

describe("a worker that cannot work", () => {
  it("is refused when its launch token has been used", async () => {
    const stage = await WorkerStage.open();
    const first = await stage.startReady();

    const second = stage.spawn(first.launch);

    expect(await second.ended).toEqual({ code: 21, signal: null });
    expect((await stage.worker(first.id)).state).toBe("idle");
  });

  it("says so when there is no such handler", async () => {
    const stage = await WorkerStage.open();
    const id = await stage.submit({ act: "answer" });

    const worker = await stage.start({ handler: handlerAt("no-such-file.ts") });

    expect(await worker.ended).toEqual({ code: 22, signal: null });
    const row = await stage.worker(worker.id);
    expect(row).toMatchObject({ state: "failed", ending: { exitCode: 22 } });
    expect(row.ending?.reason).toMatch(/^unknown_handler: the handler .* cannot be loaded/);
    expect((await stage.task(id)).attempt).toBe(0);
  });

  it("says so when the module defines no worker", async () => {
    const stage = await WorkerStage.open();

    const worker = await stage.start({ handler: handlerAt("defines-nothing.ts") });

    expect((await worker.ended).code).toBe(22);
    expect((await stage.worker(worker.id)).ending?.reason).toContain("no worker definition");
  });

  it("says so when the handler cannot open", async () => {
    const stage = await WorkerStage.open();

    const worker = await stage.start({ handler: handlerAt("fails-to-open.ts") });

    expect((await worker.ended).code).toBe(23);
    expect((await stage.worker(worker.id)).ending?.reason).toBe(
      "open_failed: the kernel is not installed",
    );
  });

  it("says so when there is no launch document", async () => {
    const stage = await WorkerStage.open();
    const launch = await stage.register();

    const worker = stage.spawn({ ...launch, handler: "" });

    expect((await worker.ended).code).toBe(20);
    expect(worker.log()).toContain("no launch document");
  });

  it("does not go on without its pulse", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start({ handler: handlerAt("ends-its-pulse.ts") });

    const id = await stage.submit({ act: "answer" });

    expect(await worker.ended).toEqual({ code: 25, signal: null });
    expect(await stage.worker(worker.id)).toMatchObject({ state: "failed" });
    expect(await stage.store.attemptsOf(id)).toMatchObject([
      { outcome: "failed", failure: { kind: "worker_died" } },
    ]);
  });

  it.skipIf(overApi)("says so when the store is not there", async () => {
    const stage = await WorkerStage.open();
    const path = join(stage.folder, "no", "such", "store.db");

    const worker = await stage.start({ link: { path } });

    expect((await worker.ended).code).toBe(24);
  });
});
