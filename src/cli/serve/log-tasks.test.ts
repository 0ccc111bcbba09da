import { expect, it, onTestFinished } from "vitest";
import { newTask } from "../../../test/server/live-site.ts";
import { PlayedWorker } from "../../../test/support/played-worker.ts";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { until } from "../../../test/support/until.ts";
import type { ListEventsParams, TaskStore } from "../../store/task-store.ts";
import { Log } from "../logging/log.ts";
import type { LogLevel } from "../logging/log-level.ts";
import { logTasks } from "./log-tasks.ts";

async function stage(level: LogLevel) {
  const { store, close } = await openSqliteSite();
  const lines: string[] = [];
  const log = new Log({
    write: (line) => void lines.push(line),
    ...{ level, format: "pretty", reader: "terminal", tasks: "info" },
  });
  const stop = new AbortController();
  let read = 0;
  const counting = new Proxy(store, {
    get(of, name) {
      const value = Reflect.get(of, name) as unknown;
      if (name !== "listEvents") return typeof value === "function" ? value.bind(of) : value;
      return async (params: ListEventsParams) => {
        const events = await of.listEvents(params);
        read += events.length;
        return events;
      };
    },
  }) as TaskStore;
  const submit = async (count: number) => {
    const tasks = Array.from({ length: count }, () => newTask());
    return await store.submit({ tasks, now: Date.now() });
  };
  await submit(1);
  const tasks = await logTasks({ store: counting, log, signal: stop.signal });
  onTestFinished(async () => {
    stop.abort();
    await tasks.end();
    await close();
  });
  return { store, submit, lines, read: () => read };
}

it("logs how tasks end, whatever happens between, and reads nothing else", async () => {
  const { store, submit, lines, read } = await stage("info");
  const before = read();

  await submit(1_200);
  const [last] = await submit(1);
  await store.cancel({ taskId: last?.task.id ?? "", reason: "test", now: Date.now() });
  await until(() => lines.length > 0);

  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`[Worker] Task cancelled taskId=${last?.task.id}`);
  expect(read() - before).toBeLessThan(100);
});

it.each([
  ["info", ["Task given back"]],
  ["debug", ["Task given back", "Task given back before it began"]],
] as const)("logs at %s, of tasks that are given back: %j", async (level, expected) => {
  const { store, submit, lines } = await stage(level);
  const { id } = await PlayedWorker.start(store);
  await submit(1);
  const { tasks } = await store.claim({ workerId: id, limit: 1, ahead: 1, now: Date.now() });
  const [last] = await submit(1);

  for (const { id: taskId, attempt } of tasks) {
    const settlements = [{ taskId, attempt, outcome: { kind: "released" } as const }];
    await store.settle({ workerId: id, settlements, limit: 0, now: Date.now(), jitter: 1 });
  }
  await store.cancel({ taskId: last?.task.id ?? "", reason: "test", now: Date.now() });
  await until(() => lines.some((line) => line.includes("Task cancelled")));

  const given = lines.flatMap((line) => /(Task given back.*) taskId/.exec(line)?.[1] ?? []);
  expect(given.toSorted()).toEqual([...expected]);
});

it("logs each event where all are wanted", async () => {
  const { submit, lines } = await stage("debug");

  await submit(1_200);
  await until(() => lines.length >= 1_200);

  expect(lines.filter((line) => line.includes("submitted"))).toHaveLength(1_200);
});
