import { onTestFinished } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { defaultRetry, type NewTask } from "../../src/domain/task.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { PlayedWorker } from "./played-worker.ts";
import { openSqliteSite } from "./store-site.ts";

export const lineCount = 24_000;

/** A task that runs, and has written far more than a screen is for. */
export async function openLongLog() {
  const site = await openSqliteSite({ synchronous: "off" });
  onTestFinished(() => site.close());
  const { store } = site;
  const worker = await PlayedWorker.start(store);
  const task: NewTask = {
    ...{ id: newId(Date.now()), type: "command", queue: "default", payload: {}, priority: 0 },
    ...{ retry: defaultRetry, after: [], onDependencyFailure: "skip" },
  };
  await store.submit({ tasks: [task], now: Date.now() });
  const claimed = await worker.claim();
  const report = (from: number, count: number) =>
    worker.report(claimed, {
      logs: Array.from({ length: count }, (_, at) => ({
        ...{ at: 1, stream: "stdout" as const, line: `line ${from + at}` },
      })),
    });
  for (let from = 0; from < lineCount; from += 8_000) await report(from, 8_000);
  return { store, taskId: task.id, report };
}

/** The same store, which tells when a part of a log is read. */
export function watched(store: TaskStore, onRead: () => void): TaskStore {
  return Object.create(store, {
    logsOf: {
      value: (params: Parameters<TaskStore["logsOf"]>[0]) => {
        onRead();
        return store.logsOf(params);
      },
    },
    findTask: { value: store.findTask.bind(store) },
    listTasks: { value: store.listTasks.bind(store) },
    attemptsOf: { value: store.attemptsOf.bind(store) },
  }) as TaskStore;
}
