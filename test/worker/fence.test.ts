import {
  appendFileSync,
  existsSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { openBeside } from "../support/open-beside.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";
import { overApi, type StartedWorker, WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

/** Returns what frees it again. */
function lockStore(stage: WorkerStage): () => void {
  const stranger = openBeside(stage.path);
  stranger.exec("begin immediate");
  return () => {
    stranger.exec("rollback");
    stranger.close();
  };
}

function holdsOpen({ child }: StartedWorker, path: string): boolean {
  const folder = `/proc/${child.pid}/fd`;
  return readdirSync(folder).some((name) => {
    try {
      return readlinkSync(join(folder, name)) === path;
    } catch {
      return false; // closed meanwhile
    }
  });
}

/** Ends a worker as a judge does that holds it for dead. */
async function giveUp(stage: WorkerStage, worker: StartedWorker): Promise<void> {
  await stage.store.endWorker({
    workerId: worker.id,
    event: "fail",
    ending: { reason: "its lease has lapsed" },
    tasks: { kind: "failed", failure: { kind: "lease_lost", message: "its lease has lapsed" } },
    now: Date.now(),
    jitter: 0,
  });
}

describe("a worker that was given up", () => {
  it("drops its attempt, writes nothing, and ends", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.begin({ act: "finishUp", ms: 0 });

    await giveUp(stage, worker);

    expect(await worker.ended).toEqual({ code: 27, signal: null });
    expect(await stage.task(id)).toMatchObject({ state: "pending", attempt: 1 });
  });

  it("is ended by its pulse when it blocks its event loop", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.begin({ act: "block" });

    await giveUp(stage, worker);

    expect((await worker.ended).signal).toBe("SIGKILL");
    expect((await stage.task(id)).state).toBe("pending");
  });

  it("notices when it comes back from being stopped, and another has its task by then", async () => {
    const stage = await WorkerStage.open();
    const first = await stage.start();
    const gate = join(stage.folder, "gate");
    const id = await stage.begin({ act: "waitForGate", gate });
    first.child.kill("SIGSTOP");
    await giveUp(stage, first);
    const second = await stage.start();
    await stage.untilTask(id, ({ attempt }) => attempt === 2);
    writeFileSync(gate, "");

    first.child.kill("SIGCONT");

    expect(await first.ended).toEqual({ code: 27, signal: null });
    expect(await stage.untilEnded(id)).toMatchObject({
      state: "completed",
      attempt: 2,
      workerId: second.id,
    });
    expect(await stage.store.attemptsOf(id)).toMatchObject([
      { outcome: "failed", failure: { kind: "lease_lost" } },
      { outcome: "completed" },
    ]);
  });
});

describe("an attempt that was superseded", () => {
  it("is stopped without a word, and its worker goes on", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.submit({ act: "sleep", ms: 60_000 });
    await stage.untilRunning(id);
    const stranger = openBeside(stage.path);
    stranger.prepare("update tasks set attempt = attempt + 1 where id = ?").run(id);
    stranger.close();

    const next = await stage.run({ act: "answer", value: "next" });

    expect(next).toMatchObject({ state: "completed", workerId: worker.id });
    expect(await stage.task(id)).toMatchObject({ state: "running", attempt: 2 });
  });
});

describe("a store that is locked by a stranger", () => {
  it("gets the outcome when it is free again", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const gate = join(stage.folder, "gate");
    const id = await stage.begin({ act: "waitForGate", gate });
    const stranger = openBeside(stage.path);
    stranger.exec("begin immediate");

    writeFileSync(gate, "");
    await sleep(3_000);
    expect((await stage.task(id)).state).toBe("running");
    stranger.exec("rollback");
    stranger.close();

    expect(await stage.untilEnded(id)).toMatchObject({ state: "completed", attempt: 1 });
    expect(worker.child.exitCode).toBeNull();
  });

  it("does not keep a deadline from ending a blocked attempt", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.start();
    const id = await stage.submit({ act: "block" }, { timeoutMs: 500 });
    await stage.untilRunning(id);
    const stranger = openBeside(stage.path);
    stranger.exec("begin immediate");
    await sleep(1_500);

    stranger.exec("rollback");
    stranger.close();

    expect((await worker.ended).signal).toBe("SIGKILL");
    expect((await stage.untilEnded(id)).failure?.kind).toBe("timed_out");
  });
});

describe("a store that stays locked", () => {
  const timing = { stopGraceMs: 200, abortGraceMs: 200 };

  it("does not keep an idle worker whose grace for leaving is over", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady({ timing });
    const unlock = lockStore(stage);

    worker.child.kill("SIGTERM");

    expect(await worker.ended).toEqual({ code: 24, signal: null });
    unlock();
    expect((await stage.worker(worker.id)).state).toBe("idle");
  });

  it("does not keep one that has an outcome to tell, nor its children", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady({ timing });
    const id = await stage.submit({ act: "spawnChild" });
    const line = await until(async () => {
      const { lines } = await stage.store.logsOf({ taskId: id, after: 0, limit: 1 });
      return lines[0]?.line;
    });
    const unlock = lockStore(stage);

    worker.child.kill("SIGTERM");

    // Who comes first: the heartbeat, or the attempt's grace.
    const { code, signal } = await worker.ended;
    expect([24, "SIGKILL"]).toContain(code ?? signal);
    await until(() => identify(Number(line.split(" ")[1])) === undefined);
    unlock();
    expect((await stage.task(id)).state).toBe("running");
  });

  it("does not keep one whose parent is gone", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady({ timing });
    const unlock = lockStore(stage);

    worker.lifeline.destroy();

    expect(await worker.ended).toEqual({ code: 24, signal: null });
    unlock();
  });

  it.runIf(process.platform === "linux" && !overApi)(
    "does not keep one that is not active yet",
    async () => {
      const stage = await WorkerStage.open();
      const launch = await stage.register({ timing });
      const unlock = lockStore(stage);
      const worker = stage.spawn(launch);
      await until(() => holdsOpen(worker, stage.path));

      worker.child.kill("SIGTERM");

      expect((await worker.ended).code).toBe(24);
      unlock();
    },
  );
});

describe("claims", () => {
  it("fill the slots and no more", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady({ concurrency: 3 });
    for (let n = 0; n < 5; n++) await stage.submit({ act: "finishUp" });

    const row = await stage.untilWorker(worker.id, ({ taskIds }) => taskIds.length === 3);

    expect(row.taskIds).toHaveLength(3);
    expect(await stage.store.countTasks({})).toContainEqual(
      expect.objectContaining({ state: "pending", count: 2 }),
    );
    worker.child.kill("SIGTERM");
    worker.child.kill("SIGINT");
    await worker.ended;
  });

  it("follow a ring at once, not the poll", async () => {
    const stage = await WorkerStage.open();
    await stage.startReady({ timing: { pollMs: 60_000, heartbeatMs: 60_000, leaseMs: 180_000 } });

    const task = await stage.run({ act: "answer", value: 1 });

    expect(task.state).toBe("completed");
  });

  it("follow the time at which a task becomes due", async () => {
    const stage = await WorkerStage.open();
    await stage.startReady({ timing: { pollMs: 60_000 } });
    const runAt = Date.now() + 700;

    const task = await stage.run({ act: "answer", value: 1 }, { runAt });

    expect(task.startedAt).toBeGreaterThanOrEqual(runAt);
  });
});

describe("the log of a worker", () => {
  it("is rotated while it runs", async () => {
    const stage = await WorkerStage.open();
    const worker = await stage.startReady();
    const { logPath = "" } = worker.launch;
    appendFileSync(logPath, "x".repeat(10 * 1024 ** 2));

    await until(() => existsSync(`${logPath}.1`) && statSync(logPath).size < 10 * 1024 ** 2);

    expect(statSync(`${logPath}.1`).size).toBeGreaterThanOrEqual(10 * 1024 ** 2);
    expect((await stage.run({ act: "answer" })).state).toBe("completed");
  });
});
