import { describe, expect, it } from "vitest";
import { defaultRetry, type Task } from "../../domain/task.ts";
import { duration, ran, skewWords, waited } from "./durations.ts";

const task: Task = {
  ...{
    id: "t",
    type: "command",
    queue: "default",
    payload: null,
    priority: 0,
    retry: defaultRetry,
  },
  ...{ after: [], onDependencyFailure: "skip", state: "pending" },
  ...{ createdAt: 10_000, attempt: 0, attemptLimit: 3 },
};

describe("how long something took", () => {
  it("is told in words, and a few milliseconds of difference between clocks are none", () => {
    expect(duration(0, 61_000)).toEqual({ words: "1m 1s" });
    expect(duration(20, 0)).toEqual({ words: "0ms" });
  });

  it("is unknown where clocks disagree, and says by how much", () => {
    expect(duration(60_000, 0)).toEqual({ words: "unknown", skewMs: 60_000 });
    expect(skewWords(60_000)).toContain("differ by 1m");
  });

  it("counts the wait from being due: until now, until the start, or not yet", () => {
    expect(waited(task, 15_000)).toEqual({ words: "5s" });
    expect(waited({ ...task, runAt: 20_000 }, 15_000)).toEqual({ words: "due in 5s" });
    const started: Task = { ...task, state: "running", attempt: 1, startedAt: 13_000 };
    expect(waited(started, 99_000)).toEqual({ words: "3s" });
  });

  it("does not count the attempt before as a wait", () => {
    const again: Task = { ...task, state: "running", attempt: 2, startedAt: 60_000 };

    expect(waited(again, 99_000)).toBeUndefined();
    expect(waited({ ...again, runAt: 58_000 }, 99_000)).toEqual({ words: "2s" });
  });

  it("goes on waiting where a worker gave the task back before it began", () => {
    const again: Task = { ...task, state: "running", attempt: 2, startedAt: 60_000 };
    const taken = { taskId: "t", number: 1, startedAt: 11_000, endedAt: 11_000 };
    const given = { ...taken, outcome: "released" as const };

    expect(waited(again, 99_000, [given])).toEqual({ words: "50s" });
    expect(waited(again, 99_000, [{ ...given, endedAt: 12_000 }])).toBeUndefined();
    expect(waited({ ...again, attempt: 3 }, 99_000, [given])).toBeUndefined();
  });

  it("counts a run until its end, or until now", () => {
    const running: Task = { ...task, state: "running", attempt: 1, startedAt: 13_000 };

    expect(ran(running, 20_000)).toEqual({ words: "7s" });
    expect(ran({ ...running, state: "failed", endedAt: 14_000 }, 20_000)).toEqual({ words: "1s" });
    expect(ran(task, 20_000)).toBeUndefined();
  });
});
