import { setTimeout as pause } from "node:timers/promises";
import { monotonicMs } from "../../measure/process-usage.ts";
import { percentile } from "../../measure/statistics.ts";
import type { Outcome, Performance, Scenario } from "../scenario.ts";
import { fill, newTask } from "../tasks.ts";
import { handledIn, MarkReader, waitUntil, waitUntilEmpty } from "../watch.ts";

export const idlePickUp: Scenario = {
  id: "L1",
  title: "idle pick-up",
  what: "idle pick-up: from the call of submit to the handler's start in another process; one task at a time, 5–50 ms apart",
  kind: "latency",
  classes: ["D2", "D1"],
  main: { name: "p50 ms", better: "less" },
  runs: 1,
  async play({ stage, options }) {
    await stage.startWorkers({ processes: 1, concurrency: 10 });
    const marks = new MarkReader(stage.folder);
    const samples: number[] = [];
    const deadline = performance.now() + 6_000 * options.runSeconds;
    while (samples.length < (options.quick ? 30 : 300) && performance.now() < deadline) {
      await pause(5 + Math.random() * 45);
      const task = newTask({ mark: true });
      const called = monotonicMs();
      await stage.queue.add(task);
      const what = "the task is taken";
      await waitUntil(() => marks.starts().length > samples.length, { withinMs: 30_000, what });
      samples.push((marks.starts(task.payload.id)[0]?.at ?? Number.NaN) - called);
    }
    await waitUntilEmpty(stage.queue);
    return { values: percentiles(samples), count: samples.length, duplicates: repeated(marks) };
  },
};

export const loadedPickUp: Scenario = {
  id: "L2",
  title: "pick-up under half load",
  what: "pick-up under half load (half of its own speed at concurrency 10, at most 1,000/s), from the intended moment",
  kind: "latency",
  classes: ["D2"],
  main: { name: "p99 ms", better: "less" },
  runs: 1,
  async play(given) {
    const { stage, options } = given;
    const full = await measureSpeed(given);
    const perSecond = Math.min(1_000, full / 2);
    const seconds = 6 * options.runSeconds;
    const marks = new MarkReader(stage.folder);
    const intendedAt = await submitSteadily(given, perSecond, seconds);
    const what = "all tasks are taken";
    await waitUntil(() => marks.starts().length >= intendedAt.size, { withinMs: 60_000, what });
    await waitUntilEmpty(stage.queue);
    const late = marks
      .starts()
      .map(({ taskId, at }) => Math.max(0, at - (intendedAt.get(taskId) ?? Number.NaN)));
    return {
      values: { ...percentiles(late), "tasks/s": perSecond },
      count: intendedAt.size,
      duplicates: repeated(marks),
    };
  },
};

export const scheduled: Scenario = {
  id: "S1",
  title: "start of a task with a set time",
  what: "start of a task with a set time 1–6 s ahead (20 a second), after that time",
  kind: "latency",
  classes: ["D2"],
  main: { name: "p50 ms", better: "less" },
  runs: 1,
  async play({ stage }) {
    await stage.startWorkers({ processes: 1, concurrency: 10 });
    const marks = new MarkReader(stage.folder);
    const base = Date.now() + 1_000;
    const wanted = new Map<string, number>();
    const tasks = Array.from({ length: 100 }, (_, n) => newTask({ mark: true }, base + n * 50));
    for (const { payload, runAt } of tasks) wanted.set(payload.id, runAt ?? Number.NaN);
    await stage.queue.addMany(tasks);
    const what = "all tasks are taken";
    await waitUntil(() => marks.starts().length >= tasks.length, { withinMs: 60_000, what });
    await waitUntilEmpty(stage.queue);
    const errors = marks
      .starts()
      .map(({ taskId, wallAt }) => wallAt - (wanted.get(taskId) ?? Number.NaN));
    return {
      values: { ...percentiles(errors), "earliest ms": Math.min(...errors) },
      count: tasks.length,
      duplicates: repeated(marks),
    };
  },
};

/** Starts the one worker process that then goes on, and lets it work off a short queue. */
async function measureSpeed({ stage, options }: Performance): Promise<number> {
  await stage.startWorkers({ processes: 1, concurrency: 10 });
  let size = 50;
  for (;;) {
    const before = handledIn(stage.folder);
    const begun = performance.now();
    await fill(stage.queue, size);
    const what = "a short queue is worked off";
    const isDone = () => handledIn(stage.folder) >= before + size;
    await waitUntil(isDone, { withinMs: 60_000, what });
    const seconds = (performance.now() - begun) / 1_000;
    await waitUntilEmpty(stage.queue);
    if (seconds > options.runSeconds / 2 || size >= 10_000) return size / seconds;
    size *= 4;
  }
}

async function submitSteadily(
  { stage }: Performance,
  perSecond: number,
  seconds: number,
): Promise<Map<string, number>> {
  const intendedAt = new Map<string, number>();
  const pending: Promise<void>[] = [];
  const start = monotonicMs() + 50;
  const count = Math.max(10, Math.round(perSecond * seconds));
  for (let n = 0; n < count; n++) {
    const intended = start + (n * 1_000) / perSecond;
    const early = intended - monotonicMs();
    if (early > 1) await pause(early);
    const task = newTask({ mark: true });
    intendedAt.set(task.payload.id, intended);
    pending.push(stage.queue.add(task));
  }
  await Promise.all(pending);
  return intendedAt;
}

function repeated(marks: MarkReader): number {
  const starts = marks.starts();
  return starts.length - new Set(starts.map(({ taskId }) => taskId)).size;
}

function percentiles(samples: readonly number[]): Outcome["values"] {
  return {
    "p50 ms": percentile(samples, 0.5),
    "p99 ms": percentile(samples, 0.99),
    "max ms": Math.max(...samples),
  };
}
