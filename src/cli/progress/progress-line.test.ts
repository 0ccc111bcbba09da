import { expect, it } from "vitest";
import { progressLine } from "./progress-line.ts";
import type { RunProgress } from "./run-progress.ts";

const command = {
  type: "command",
  workers: { starting: 0, idle: 1, busy: 2 },
  queued: 5,
  averageMs: 1_234,
};

const run: RunProgress = { total: 10, ended: 3, failed: 1, tookMs: 12_345, types: [command] };

it("says how many tasks have ended, and for each type its workers, queue and average time", () => {
  expect(progressLine(run, { bar: false })).toBe(
    "3/10, 1 failed · command: 2 busy, 1 idle, 5 queued, 1.2s each · 12.3s, 15/min, about 29s left",
  );
});

it("tells no rate of a few, and nothing of what is left at the end", () => {
  const time = (ended: number) =>
    progressLine({ ...run, ended }, { bar: false })
      .split(" · ")
      .at(-1);

  expect([time(2), time(10)]).toEqual(["12.3s", "12.3s"]);
});

it("draws a bar for a terminal", () => {
  expect(progressLine(run, { bar: true })).toMatch(/^\[######-{14}\] 3\/10, 1 failed · /);
});

it("shows what the only task says of its own progress", () => {
  const task = {
    progress: { fraction: 0.456, message: "step 4", at: 0 },
  } as RunProgress["running"];
  const alone = { ...run, total: 1, ended: 0, failed: 0, ...(task && { running: task }) };

  expect(progressLine(alone, { bar: false })).toMatch(/^45 % step 4 · command: /);
});

it("draws no bar for an only task that says nothing of its progress", () => {
  const alone = { ...run, total: 1, ended: 0, failed: 0 };

  expect(progressLine(alone, { bar: true })).toMatch(/^command: 2 busy/);
});
