import { describe, expect, it } from "vitest";
import { begunFirst, fewOf, tellsOnlyTaken, wasOnlyTaken } from "./taken-ahead.ts";
import type { Attempt, Task } from "./task.ts";

describe("the tasks of a worker", () => {
  it("are told with what has begun first, and else in their order", () => {
    const known = [{ id: "a" }, { id: "b", startedAt: 5 }, { id: "c" }] as Task[];

    expect(begunFirst(["a", "b", "c", "d"], known)).toEqual(["b", "d", "a", "c"]);
  });

  it("are told in full when they are few", () => {
    expect(fewOf([])).toBe("");
    expect(fewOf(["a", "b", "c"])).toBe("a, b, c");
    expect(fewOf(["a", "b", "c", "d", "e"], " ")).toBe("a b c + 2 more");
  });
});

describe("what was only taken", () => {
  it("is an attempt that was given back in the moment in which it would have begun", () => {
    const attempt: Attempt = { taskId: "t", number: 1, startedAt: 5, endedAt: 5 };

    expect(wasOnlyTaken({ ...attempt, outcome: "released" })).toBe(true);
    expect(wasOnlyTaken({ ...attempt, outcome: "released", endedAt: 6 })).toBe(false);
    expect(wasOnlyTaken({ ...attempt, outcome: "completed" })).toBe(false);
  });

  it("is told by the event of its release", () => {
    const event = { type: "task_released", at: 1 } as const;

    expect(tellsOnlyTaken({ ...event, data: { attempt: 1, begun: false } })).toBe(true);
    expect(tellsOnlyTaken({ ...event, data: { attempt: 1 } })).toBe(false);
    expect(tellsOnlyTaken({ type: "task_failed", at: 1, data: { begun: false } })).toBe(false);
  });
});
