import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../../test/support/until.ts";
import { collectGarbage, tidyAtRest } from "./tidy-at-rest.ts";

it("waits for the process to rest, and then tidies once", async () => {
  const { promise: isTidied, resolve } = Promise.withResolvers<void>();
  let times = 0;
  let busyRounds = 20;
  const work = () => {
    const until = performance.now() + 20;
    while (performance.now() < until);
    if (--busyRounds > 0) setImmediate(work);
  };
  work();

  tidyAtRest({
    everyMs: 40,
    collect: () => {
      times++;
      expect(busyRounds).toBe(0);
      resolve();
    },
  });
  await isTidied;
  await new Promise((done) => setTimeout(done, 150));

  expect(times).toBe(1);
});

it("lets go of garbage", () => {
  let garbage: unknown = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  const before = process.memoryUsage().heapUsed;
  expect(garbage).toHaveLength(200_000);
  garbage = undefined;

  collectGarbage();

  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 5_000_000);
});

it("lets go of what a thread has at its start, once that rests", async () => {
  const program = `
    const { parentPort } = require("node:worker_threads");
    const { getHeapStatistics } = require("node:v8");
    let garbage = Array.from({ length: 200_000 }, (_, index) => ({ index }));
    const before = getHeapStatistics().used_heap_size;
    garbage = undefined;
    const look = () => parentPort.postMessage(before - getHeapStatistics().used_heap_size);
    parentPort.on("message", look);
    import(${JSON.stringify(new URL("./tidy-at-rest.ts", import.meta.url).href)})
      .then(({ tidyAtRest }) => tidyAtRest({ everyMs: 20 }));`;
  const thread = new Worker(program, { eval: true });
  onTestFinished(async () => void (await thread.terminate()));

  await until(async () => {
    const answer = once(thread, "message");
    thread.postMessage("look");
    return (await answer)[0] > 5_000_000;
  });
});
