import { describe, expect, it } from "vitest";
import { type AbleWorkers, explainWait, type WaitFacts } from "./explain-wait.ts";
import { defaultRetry, type Task } from "./task.ts";
import { localTime } from "./time-words.ts";

const gib = 1024 ** 3;
const now = Date.UTC(2026, 0, 1);

function task(over: Partial<Task> = {}): Task {
  return {
    id: "t",
    type: "notebook",
    queue: "default",
    payload: null,
    priority: 0,
    retry: defaultRetry,
    after: [],
    onDependencyFailure: "skip",
    state: "pending",
    createdAt: now,
    attempt: 0,
    attemptLimit: 3,
    ...over,
  };
}

function facts(
  over: Partial<Omit<WaitFacts, "workers">> = {},
  workers: Partial<AbleWorkers> = {},
): WaitFacts {
  return {
    now,
    openDependencies: [],
    tasksAhead: 0,
    ...over,
    workers: { starting: 0, idle: 0, busy: 0, draining: 0, hung: 0, ...workers },
  };
}

describe("explainWait", () => {
  it.each<[string, Task, WaitFacts, string]>([
    [
      "a dependency",
      task({ state: "blocked" }),
      facts({ openDependencies: ["a"] }),
      "It waits for task a to end.",
    ],
    [
      "several dependencies",
      task({ state: "blocked" }),
      facts({ openDependencies: ["a", "b", "c", "d"] }),
      "It waits for 4 tasks to end: a, b, c, ….",
    ],
    [
      "a dependency that has just ended",
      task({ state: "blocked" }),
      facts(),
      "It waits for other tasks, the last of which has just ended.",
    ],
    [
      "its time",
      task({ runAt: now + 90_000 }),
      facts({}, { idle: 1 }),
      `It is not to run before ${localTime(now + 90_000)}, in 1m 30s.`,
    ],
    [
      "the back-off after a failure",
      task({ runAt: now + 7_200_000, attempt: 1 }),
      facts({}, { idle: 1 }),
      `Attempt 1 of at most 3 failed; the next one is due at ${localTime(now + 7_200_000)}, in 2h.`,
    ],
    [
      "a pause, whoever could take it",
      task(),
      facts({ pause: { queue: "default", at: now, by: "anna", reason: "new fonts" } }, { idle: 1 }),
      `Tasks of queue default are held back since ${localTime(now)} (by anna: new fonts); "clx queue resume --queue default" lets them go on.`,
    ],
    [
      "a pause that says nothing of itself",
      task(),
      facts({ pause: { at: now } }),
      `All tasks are held back since ${localTime(now)}; "clx queue resume" lets them go on.`,
    ],
    [
      "a pause of its type, with a reason alone",
      task(),
      facts({ pause: { type: "notebook", queue: "slow", at: now, reason: "no room" } }),
      `Notebook tasks of queue slow are held back since ${localTime(now)} (no room); "clx queue resume --type notebook --queue slow" lets them go on.`,
    ],
    [
      "its time rather than a pause",
      task({ runAt: now + 1_000 }),
      facts({ pause: { at: now } }),
      `It is not to run before ${localTime(now + 1_000)}, in 1s.`,
    ],
    [
      "a worker when there is none",
      task(),
      facts(),
      'No live worker takes notebook tasks of queue default; "clx supervise --type notebook" starts some.',
    ],
    [
      "a worker of a type that nobody knows",
      task({ type: "thumbnail" }),
      facts({ knownTypes: ["command"] }),
      'No live worker takes thumbnail tasks of queue default; this type is not known here. A type of your own needs its module: "clx supervise --type thumbnail --handler FILE", or a table [workers.thumbnail] in the configuration.',
    ],
    [
      "the type that may be meant",
      task({ type: "comand" }),
      facts({ knownTypes: ["command"] }),
      expect.stringContaining("queue default; did you mean command? A type of your own"),
    ],
    [
      "a worker that may not start",
      task(),
      facts({ poolTrouble: "memory is short." }),
      "No live worker takes notebook tasks of queue default: memory is short.",
    ],
    [
      "a worker that starts",
      task(),
      facts({}, { starting: 1 }),
      "A worker that takes notebook tasks of queue default is starting.",
    ],
    [
      "workers that hang",
      task(),
      facts({}, { hung: 2, draining: 1 }),
      "All workers that take notebook tasks of queue default hang.",
    ],
    [
      "workers that leave",
      task(),
      facts({}, { draining: 1 }),
      "All workers that take notebook tasks of queue default are about to leave.",
    ],
    [
      "memory",
      task({ expectedMemory: 8 * gib }),
      facts({ memoryFree: 3 * gib }, { idle: 1 }),
      "It is expected to need 8.0 GiB of memory, and only 3.0 GiB are free.",
    ],
    [
      "no memory where a worker has reserved it",
      task({ expectedMemory: 8 * gib }),
      facts({ memoryFree: 0, memoryReserved: 8 * gib }, { busy: 1 }),
      "The worker for it is busy; it is the next in line.",
    ],
    [
      "an idle worker",
      task({ expectedMemory: gib }),
      facts({ memoryFree: gib }, { idle: 1 }),
      "An idle worker is about to take it.",
    ],
    [
      "the one worker",
      task(),
      facts({}, { busy: 1 }),
      "The worker for it is busy; it is the next in line.",
    ],
    [
      "those ahead of it",
      task(),
      facts({ tasksAhead: 3 }, { busy: 2 }),
      "All workers for it are busy, and 3 tasks are ahead of it.",
    ],
  ])("names %s", (_, given, known, sentence) => {
    expect(explainWait(given, known)).toEqual(sentence);
  });

  it.each(["running", "completed", "failed", "cancelled"] as const)(
    "says nothing of a task that is %s",
    (state) => {
      expect(explainWait(task({ state }), facts())).toBeUndefined();
    },
  );
});
