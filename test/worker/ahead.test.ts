import { describe, expect, it } from "vitest";
import type { Task } from "../../src/domain/task.ts";
import type { Act } from "../programs/handlers/actor.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";
import { WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

const answers = (count: number) => Array.from({ length: count }, (): Act => ({ act: "answer" }));

describe("a worker that has taken tasks ahead", () => {
  it("gives them back when one takes longer than those before, and tells that it has begun", async () => {
    const stage = await WorkerStage.open();
    await stage.startReady();
    const { long, behind } = await takeAhead(stage, { act: "sleep", ms: 60_000 }, isLeftBehind);

    for (const id of behind) {
      const task = await stage.untilTask(id, ({ state }) => state === "pending");
      expect(task).toMatchObject({ attempt: 1, attemptLimit: 4 });
    }
    const running = await stage.untilTask(long, ({ startedAt }) => startedAt !== undefined);
    expect(running).toMatchObject({ state: "running", attempt: 1 });
    await stage.start();
    for (const id of behind) {
      expect(await stage.untilEnded(id)).toMatchObject({ state: "completed", attempt: 2 });
      expect(await eventsOf(stage, id)).toEqual([
        "task_submitted",
        "task_released",
        "task_started",
        "task_completed",
      ]);
    }
  }, 60_000);

  it("gives them back while its event loop is blocked", async () => {
    const stage = await WorkerStage.open();
    await stage.startReady();
    const database = stage.path;
    const query = "select 1 from worker_events where event_type = 'task_released'";
    const block: Act = { act: "blockUntilFound", ms: 2_000, database, query };

    const { long, behind } = await takeAhead(stage, block, wasGivenBack);

    expect(await stage.untilEnded(long)).toMatchObject({ state: "completed", attempt: 1 });
    for (const id of behind) {
      expect(await stage.untilEnded(id)).toMatchObject({ state: "completed", attempt: 2 });
    }
  }, 60_000);

  it("leaves nothing in hand when it is told to leave", async () => {
    const stage = await WorkerStage.open();
    const ids = await stage.submitAll(answers(5_000));
    const worker = await stage.start();
    const counts = async () => {
      const rows = await stage.store.countTasks({});
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    };
    await until(async () => ((await counts()).completed ?? 0) > 100);

    worker.child.kill("SIGTERM");

    expect(await worker.ended).toEqual({ code: 0, signal: null });
    const { completed = 0, pending = 0, ...others } = await counts();
    expect([completed + pending, others]).toEqual([ids.length, {}]);
    await stage.start();
    await until(async () => (await counts()).completed === ids.length);
  }, 60_000);

  it("holds nothing that runs again by itself, when it is aborted for good", async () => {
    const stage = await WorkerStage.open();
    await stage.submitAll(answers(10_000));
    const worker = await stage.start();
    await stage.untilWorker(worker.id, ({ tasksCompleted }) => tasksCompleted > 100);

    await stage.store.endWorker({
      workerId: worker.id,
      event: "fail",
      ending: { reason: "aborted by hand", aborted: true },
      tasks: { kind: "failed", failure: { kind: "aborted", message: "aborted by hand" } },
      now: Date.now(),
      jitter: 0.5,
    });

    const { items } = await stage.store.listTasks({
      states: ["pending", "running"],
      limit: 10_000,
    });
    expect(items.filter(({ attempt, state }) => attempt > 0 || state !== "pending")).toEqual([]);
  }, 60_000);
});

interface Ahead {
  readonly long: string;
  readonly behind: readonly string[];
}

/**
 * Has a worker do a long act after many short ones, with short ones behind it. On a busy machine
 * what is short may take long, and then nothing is taken ahead: it is tried again.
 */
async function takeAhead(
  stage: WorkerStage,
  act: Act,
  isSo: (stage: WorkerStage, ahead: Ahead) => Promise<boolean>,
): Promise<Ahead> {
  for (let round = 1; round <= 20; round++) {
    const ids = await stage.submitAll([...answers(100), act, ...answers(2)]);
    const ahead = { long: ids[100] ?? "", behind: ids.slice(101) };
    if (await isSo(stage, ahead)) return ahead;
    await stage.store.cancel({ taskId: ahead.long, reason: "again", now: Date.now() });
    for (const id of ids) await stage.untilEnded(id);
  }
  throw new Error("nothing was taken ahead");
}

/** Once the store knows that the long one runs, nothing more is taken. */
async function isLeftBehind(stage: WorkerStage, { long, behind }: Ahead): Promise<boolean> {
  await stage.untilTask(long, hasBegun);
  const tasks = await Promise.all(behind.map((id) => stage.task(id)));
  return tasks.every(({ attempt }) => attempt > 0);
}

async function wasGivenBack(stage: WorkerStage, { long, behind }: Ahead): Promise<boolean> {
  await stage.untilEnded(long);
  const events = await Promise.all(behind.map((id) => eventsOf(stage, id)));
  return events.every((types) => types.includes("task_released"));
}

function hasBegun({ startedAt }: Task): boolean {
  return startedAt !== undefined;
}

async function eventsOf(stage: WorkerStage, taskId: string): Promise<string[]> {
  const events = await stage.store.listEvents({ after: 0, limit: 100, taskId });
  return events.map(({ type }) => type);
}
