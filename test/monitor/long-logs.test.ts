import { Writable } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { defaultRetry, type NewTask } from "../../src/domain/task.ts";
import { printPlainLog } from "../../src/monitor/plain-log.ts";
import { Reader } from "../../src/monitor/reader.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { openSqliteSite } from "../support/store-site.ts";

const lineCount = 24_000;

/** A task that runs, and has written far more than a screen is for. */
async function begin() {
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

function counting(store: TaskStore) {
  let reads = 0;
  const counted = Object.create(store, {
    logsOf: {
      value: (params: Parameters<TaskStore["logsOf"]>[0]) => {
        reads++;
        return store.logsOf(params);
      },
    },
    findTask: { value: store.findTask.bind(store) },
    attemptsOf: { value: store.attemptsOf.bind(store) },
  }) as TaskStore;
  return { counted, reads: () => reads };
}

it("a long log is opened at its end, and followed from there", async () => {
  const { store, taskId, report } = await begin();
  const { counted, reads } = counting(store);
  const reader = new Reader({
    store: counted,
    readOverview: () => Promise.reject(new Error("nobody asks")),
    explainWait: async () => undefined,
  });

  const opened = await reader.readStory({
    ...{ kind: "task", id: taskId, isLogOnly: false },
  });
  const readsToOpen = reads();
  await report(lineCount, 3);
  const later = opened && (await reader.readStory(opened));

  const logOf = (story: typeof opened) =>
    (story?.kind === "task" ? story.story?.log : undefined)?.map(({ line }) => line) ?? [];
  expect(logOf(opened)).toHaveLength(6_000);
  expect(logOf(opened).at(-1)).toBe(`line ${lineCount - 1}`);
  expect(readsToOpen).toBeLessThanOrEqual(2);
  expect(logOf(later).slice(-4)).toEqual([-1, 0, 1, 2].map((place) => `line ${lineCount + place}`));
});

it("the printing of a long log can be stopped in the middle", async () => {
  const { store, taskId } = await begin();
  const stop = new AbortController();
  let written = 0;
  const output = new Writable({
    write(_chunk, _encoding, done) {
      written++;
      if (written === 2) setImmediate(() => stop.abort()); // as a key that is pressed
      done();
    },
  });

  await printPlainLog({
    ...{ store, taskId, stop: stop.signal },
    output: output as unknown as NodeJS.WriteStream,
  });

  expect(written).toBeLessThan(lineCount);
});
