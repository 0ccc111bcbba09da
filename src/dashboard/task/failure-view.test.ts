import { expect, it } from "vitest";
import { defaultRetry, type Task } from "../../domain/task.ts";
import type { TaskState } from "../../domain/task-state.ts";
import { failureView } from "./failure-view.ts";

const failure = { kind: "unavailable", message: "it is overloaded" } as const;

it.each<[TaskState, string, boolean]>([
  ["failed", "Error: unavailable", true],
  ["pending", "Error of attempt 1: unavailable", true],
  ["completed", "Error of attempt 1: unavailable", false],
])(
  "tells whose error a task that is %s shows, and what to do while something is to be done",
  (...row) => {
    const [state, title, hasHint] = row;

    const shown = String(failureView({ task: taskThat(state), attempts: [attempt] }));

    expect(shown).toContain(`>${title}</h2>`);
    expect(shown).toContain("it is overloaded");
    expect(shown.includes("Retry it later")).toBe(hasHint);
  },
);

const attempt = {
  ...{ taskId: "t", number: 1, startedAt: 1, endedAt: 2 },
  outcome: "failed",
  failure,
} as const;

function taskThat(state: TaskState): Task {
  return {
    ...{ id: "t", type: "echo", queue: "default", payload: null, priority: 0, after: [] },
    ...{ state, createdAt: 1, attempt: 2, attemptLimit: 2, failure },
    retry: defaultRetry,
    onDependencyFailure: "skip",
  };
}
