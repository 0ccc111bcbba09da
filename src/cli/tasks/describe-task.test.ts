import { expect, it } from "vitest";
import { aTask, now } from "../../../test/monitor/scene.ts";
import { describeTask } from "./describe-task.ts";

it("says of an attempt that was given back before it began that it was", () => {
  const attempt = { taskId: "t", number: 1, workerId: "w", startedAt: now, endedAt: now };
  const story = {
    task: aTask("t"),
    attempts: [
      { ...attempt, outcome: "released" as const },
      { ...attempt, number: 2, endedAt: now + 5, outcome: "released" as const },
    ],
    ...{ dependencies: [], dependants: [] },
  };

  const lines = describeTask(story, now, { paint: (text) => text });

  expect(lines).toContain("  1  released before it began on w");
  expect(lines).toContain("  2  released after 5ms on w");
});
