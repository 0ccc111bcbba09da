import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Act } from "../../test/programs/handlers/actor.ts";
import { forbidProcessLeaks } from "../../test/support/process-leaks.ts";
import { supervisorProcess } from "../../test/support/supervisor-processes.ts";
import { poolOf, SupervisorStage } from "../../test/support/supervisor-stage.ts";
import { until } from "../../test/support/until.ts";
import { handlerAt, quickTiming } from "../../test/support/worker-stage.ts";
import type { Task } from "../domain/task.ts";
import { isFinal } from "../domain/task-state.ts";
import { DirectExecutor } from "../executor/direct/direct-executor.ts";
import { identify, isAlive } from "../machine/process-identity.ts";
import type { SupervisorOptions } from "./options.ts";
import { defaultRestart, type PoolSpec } from "./pool.ts";
import type { Supervisor } from "./supervisor.ts";

forbidProcessLeaks();

/** Workers that do what their tasks say, in real processes. */
function actors(over: Partial<PoolSpec> = {}): PoolSpec {
  const actor = { name: "actor", type: "actor", mode: "direct", handler: handlerAt("actor.ts") };
  return poolOf({ ...actor, expectedMemory: 1, ...over });
}

interface Scene {
  readonly stage: SupervisorStage;
  readonly supervisor: Supervisor;
}

async function openScene(
  pool: Partial<PoolSpec> = {},
  over: Partial<SupervisorOptions> = {},
): Promise<Scene> {
  const stage = await SupervisorStage.open();
  const executor = new DirectExecutor();
  const timing = quickTiming;
  const supervisor = await stage.settled(executor, [actors(pool)], { timing, ...over });
  onTestFinished(() => executor.close());
  return { stage, supervisor };
}

function act(stage: SupervisorStage, payload: Act): Promise<string> {
  return stage.submit({ type: "actor", payload: { ...payload } });
}

function untilRunning(stage: SupervisorStage, taskId: string, attempt = 1): Promise<Task> {
  return stage.untilTask(taskId, (task) => task.state === "running" && task.attempt === attempt);
}

function untilEnded(stage: SupervisorStage, taskId: string): Promise<Task> {
  return stage.untilTask(taskId, ({ state }) => isFinal(state));
}

async function pidOf(stage: SupervisorStage, workerId = ""): Promise<number> {
  const { process } = await stage.worker(workerId);
  if (process === undefined) throw new Error(`${workerId} has no process`);
  return process.pid;
}

describe("real workers", () => {
  it("do their tasks and leave without a trace", async () => {
    const { stage, supervisor } = await openScene({ count: 2 });
    const taskId = await act(stage, { act: "answer", value: 42 });
    const task = await untilEnded(stage, taskId);

    await supervisor.stop();

    expect(task).toMatchObject({ state: "completed", result: 42 });
    const rows = await stage.store.listWorkers({});
    expect(rows.map(({ state }) => state)).toEqual(["dead", "dead"]);
    expect(rows.map(({ process }) => process && isAlive(process))).toEqual([false, false]);
    expect(stage.errors).toEqual([]);
  });

  it("give the task of a killed one to an idle one at once", async () => {
    const { stage, supervisor } = await openScene({ count: 2 });
    const taskId = await act(stage, { act: "sleep", ms: 60_000 });
    const first = await untilRunning(stage, taskId);

    process.kill(await pidOf(stage, first.workerId), "SIGKILL");
    const second = await untilRunning(stage, taskId, 2);
    await supervisor.whenSettled();

    expect(second.workerId).not.toBe(first.workerId);
    const [attempt] = await stage.store.attemptsOf(taskId);
    expect(attempt?.failure).toMatchObject({ kind: "worker_died", signal: "SIGKILL" });
    expect(await stage.live()).toHaveLength(2);
    await stage.store.cancel({ taskId, reason: "the test is over", now: Date.now() });
    await untilEnded(stage, taskId);
  });

  it("take children of their tasks with them", async () => {
    const { stage } = await openScene();
    const taskId = await act(stage, { act: "spawnChild" });
    const task = await untilRunning(stage, taskId);
    const line = await until(async () => {
      const { lines } = await stage.store.logsOf({ taskId, after: 0, limit: 10 });
      return lines.find((one) => one.line.startsWith("child "));
    });

    process.kill(await pidOf(stage, task.workerId), "SIGKILL");
    await untilRunning(stage, taskId, 2);

    expect(identify(Number(line.line.slice(6)))).toBeUndefined();
  });

  it("that cannot load their handler make the pool give up and show why", async () => {
    const { stage } = await openScene({
      handler: handlerAt("fails-to-open.ts"),
      restart: { ...defaultRestart, maxRestarts: 1, delayMs: 5 },
    });

    const { message } = await stage.untilEvent("pool_gave_up");

    expect(message).toContain("2 workers in a row ended");
    expect(message).toContain("the kernel is not installed");
  });

  it("finish their task when drained, and then leave", async () => {
    const { stage, supervisor } = await openScene();
    const taskId = await act(stage, { act: "sleep", ms: 300 });
    const { workerId = "" } = await untilRunning(stage, taskId);

    await supervisor.drain(workerId);
    const worker = await stage.untilWorker(workerId, ({ state }) => state === "dead");
    await supervisor.whenSettled();

    expect((await stage.task(taskId)).state).toBe("completed");
    expect(worker.tasksCompleted).toBe(1);
    expect(await stage.live()).toEqual([]);
  });

  it("are gone with their tree when aborted, and their task is failed", async () => {
    const { stage, supervisor } = await openScene();
    const taskId = await act(stage, { act: "block" });
    const { workerId = "" } = await untilRunning(stage, taskId);
    const { process } = await stage.worker(workerId);

    await supervisor.abort(workerId, { tasks: "fail" });

    expect(process && isAlive(process)).toBe(false);
    expect(await stage.task(taskId)).toMatchObject({
      state: "failed",
      failure: { kind: "aborted" },
    });
  });

  it("run an aborted task again when that is wanted", async () => {
    const { stage, supervisor } = await openScene();
    const taskId = await act(stage, { act: "ignoreSignal" });
    const { workerId = "" } = await untilRunning(stage, taskId);

    await supervisor.abort(workerId, { tasks: "requeue" });
    const again = await untilRunning(stage, taskId, 2);

    expect(again.workerId).not.toBe(workerId);
  });

  it("are killed when they are stopped for too long, and their task never runs twice at once", async () => {
    const silence = { stalledAfterMs: 4_000 };
    const { stage } = await openScene({ count: 2 }, { sweepMs: 100, silence });
    const [journal, gate] = [join(stage.folder, "journal"), join(stage.folder, "gate")];
    const taskId = await act(stage, { act: "waitForGate", gate, journal });
    const first = await untilRunning(stage, taskId);
    await until(() => existsSync(journal));
    const { process: stopped } = await stage.worker(first.workerId ?? "");

    process.kill(stopped?.pid ?? 0, "SIGSTOP");
    await stage.untilEvent("worker_hung");
    const whileHung = await stage.task(taskId);
    const second = await untilRunning(stage, taskId, 2);
    const wasAliveThen = stopped && isAlive(stopped);
    writeFileSync(gate, "");
    const ended = await untilEnded(stage, taskId);

    expect(whileHung).toMatchObject({ state: "running", attempt: 1 });
    expect(second.workerId).not.toBe(first.workerId);
    expect(wasAliveThen).toBe(false);
    expect(ended).toMatchObject({ state: "completed", attempt: 2 });
    const words = readFileSync(journal, "utf8").trim().split("\n");
    expect(words.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      `begin ${taskId}#1`,
      `begin ${taskId}#2`,
      `end ${taskId}#2`,
    ]);
  });
});

describe("a supervisor that is killed", () => {
  async function killedSupervisor(pool: Partial<PoolSpec>) {
    const stage = await SupervisorStage.open();
    const { path, folder } = stage;
    const wish = { path, folder, pools: [actors(pool)], timing: quickTiming };
    const child = await supervisorProcess(wish);
    const gate = join(folder, "gate");
    const taskId = await act(stage, { act: "waitForGate", gate });
    const task = await untilRunning(stage, taskId);
    child.kill("SIGKILL");
    await once(child, "exit");
    const release = () => writeFileSync(gate, "");
    return { stage, task, workerId: task.workerId ?? "", release };
  }

  it("is missed by its workers, who give back what they have and leave", async () => {
    const { stage, task, workerId } = await killedSupervisor({});

    const { process } = await stage.worker(workerId);
    await stage.untilWorker(workerId, ({ endedAt }) => endedAt !== undefined);

    await until(() => process && isAlive(process) === false);
    expect((await stage.task(task.id)).state).not.toBe("running");
  });

  it("is followed by one that adopts the persistent workers, undisturbed in their tasks", async () => {
    const { stage, task, workerId, release } = await killedSupervisor({ persistent: true });
    const { process } = await stage.worker(workerId);
    const executor = new DirectExecutor();

    const pools = [actors({ persistent: true })];
    const supervisor = await stage.settled(executor, pools, { timing: quickTiming });
    release();
    const ended = await untilEnded(stage, task.id);

    expect(ended).toMatchObject({ state: "completed", attempt: 1, workerId: task.workerId });
    const [pool] = (await supervisor.status()).pools;
    expect(pool?.workers).toMatchObject([{ id: task.workerId, adopted: true }]);
    expect(pool?.workers[0]?.row?.process).toEqual(process);
    const [adopted] = await stage.eventsOf("worker_adopted");
    expect(adopted?.data).toMatchObject({ pool: "actor", tasks: 1 });
    await supervisor.stop();
    expect(process && isAlive(process)).toBe(false);
    await executor.close();
  });

  it("is followed by one that notices the crash of an adopted worker", async () => {
    const { stage, task, release } = await killedSupervisor({ persistent: true });
    const executor = new DirectExecutor();
    const pools = [actors({ persistent: true })];
    await stage.settled(executor, pools, { timing: quickTiming });

    process.kill(await pidOf(stage, task.workerId), "SIGKILL");
    const again = await untilRunning(stage, task.id, 2);

    expect(again.workerId).not.toBe(task.workerId);
    release();
    await untilEnded(stage, task.id);
    onTestFinished(() => executor.close());
  });
});
