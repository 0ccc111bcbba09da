import { expect, it } from "vitest";
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
