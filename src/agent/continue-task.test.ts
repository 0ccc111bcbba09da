import { describe, expect, it } from "vitest";
import { defaultRetry, type Task } from "../domain/task.ts";
import { encodeEntry } from "./agent-entry.ts";
import type { AgentEntry } from "./agent-task.ts";
import { continuationOf } from "./continue-task.ts";

const ended: Task = {
  ...{ id: "t1", type: "agent", queue: "default", priority: 0, after: [] },
  ...{ payload: { instruction: "x" }, retry: defaultRetry, onDependencyFailure: "skip" },
  ...{ state: "failed", createdAt: 1, attempt: 1, attemptLimit: 3 },
};

const worktree = { repository: "/srv", folder: "/w/t1", branch: "clx/t1" };
const logOf = (...entries: readonly AgentEntry[]) => entries.flatMap(encodeEntry);
const begun: AgentEntry = { kind: "started", executor: "claude", folder: "/srv" };

describe("what a task goes on with", () => {
  it("is in the result of the one before, with its worktree and what it has cost", () => {
    const result = {
      ...{ text: "", sessionId: "s1", executor: "claude", folder: "/w/t1", worktree },
      end: { kind: "over_budget", budget: "turns", limit: 1 },
      usage: { turns: 1, wallMs: 5, outputBytes: 3, costUsd: 0.25 },
    };

    expect(continuationOf({ ...ended, result }, [])).toEqual({
      kind: "possible",
      resume: {
        ...{ fromTaskId: "t1", executor: "claude", sessionId: "s1", folder: "/w/t1", worktree },
        costUsdBefore: 0.25,
      },
    });
  });

  it("has the cost of the whole conversation, over several tasks and from the log too", () => {
    const resume = { fromTaskId: "t0", executor: "claude", sessionId: "s1", folder: "/srv" };
    const payload = { instruction: "x", resume: { ...resume, costUsdBefore: 0.25 } };
    const usage = { turns: 1, wallMs: 5, outputBytes: 3, costUsd: 0.5 };
    const log = logOf({ ...begun, sessionId: "s1" }, { kind: "used", usage });

    expect(continuationOf({ ...ended, payload }, log)).toMatchObject({
      resume: { sessionId: "s1", costUsdBefore: 0.75 },
    });
  });

  it("is in its log where there is no result: that of its last attempt", () => {
    const log = [
      "what a program wrote",
      ...logOf(begun, { kind: "session", sessionId: "s1" }),
      ...logOf({ ...begun, folder: "/w/t1-2", worktree }, { kind: "session", sessionId: "s2" }),
    ];

    expect(continuationOf({ ...ended, state: "cancelled" }, log)).toEqual({
      kind: "possible",
      resume: {
        fromTaskId: "t1",
        executor: "claude",
        sessionId: "s2",
        folder: "/w/t1-2",
        worktree,
      },
    });
  });

  it.each<[string, Partial<Task>, readonly string[], string]>([
    ["runs", { state: "running" }, [], "is running; wait for its end"],
    ["is of another type", { type: "command" }, [], "is of type command"],
    ["has not begun", {}, [], "before its agent had begun"],
    ["was cut off before its agent spoke", {}, logOf(begun), "before its agent had begun"],
    ["has another module's result", { result: { answer: 1 } }, [], "before its agent had begun"],
  ])("is missing when that one %s", (_, task, log, reason) => {
    expect(continuationOf({ ...ended, ...task }, log)).toMatchObject({
      kind: "impossible",
      reason: expect.stringContaining(reason),
    });
  });
});
