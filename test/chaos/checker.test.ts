import { describe, expect, it } from "vitest";
import { type Evidence, type FinalTask, findViolations } from "./checker.ts";
import type { Run, RunRecord } from "./journal.ts";

/** The checker itself must find each kind of fault, or its silence proves nothing. */
describe("the outside checker", () => {
  it("is content when the last attempt's result was accepted", () => {
    const records = [start(1), start(2), end(2)];

    expect(rulesBroken({ records, tasks: stored({ attempt: 2, nonce: "run-2" }) })).toEqual([]);
  });

  it("misses a task that was acknowledged and is not in the store", () => {
    expect(rulesBroken({ tasks: new Map() })).toEqual(["lost"]);
  });

  it("misses a task that never ended", () => {
    expect(rulesBroken({ tasks: stored({ state: "running" }) })).toEqual(["lost"]);
  });

  it("misses a completed task of which no run got to its end", () => {
    const records = [start(1)];

    expect(rulesBroken({ records, tasks: stored({ nonce: "run-1" }) })).toEqual(["lost"]);
  });

  it("sees the result of a superseded attempt", () => {
    const records = [start(1), start(2), end(1), end(2)];

    const tasks = stored({ attempt: 2, nonce: "run-1" });

    expect(rulesBroken({ records, tasks })).toEqual(["superseded accepted"]);
  });

  it("sees a result that no run returned", () => {
    const records = [start(1), end(1)];

    expect(rulesBroken({ records, tasks: stored({ nonce: "?" }) })).toEqual([
      "superseded accepted",
    ]);
  });

  it("sees one attempt number given out twice", () => {
    const records = [start(1), start(1), end(1)];

    expect(rulesBroken({ records, tasks: stored({ nonce: "run-1" }) })).toEqual([
      "superseded accepted",
    ]);
  });

  it("sees two runs at once", () => {
    const overlap: RunRecord = { kind: "overlap", run: run(2), at: 0, other: "1.1" };

    const records = [start(1), overlap, start(2), end(2)];

    expect(rulesBroken({ records, tasks: stored({ attempt: 2, nonce: "run-2" }) })).toEqual([
      "twice at once",
    ]);
  });

  it("sees a process that is left over", () => {
    const survivors = [{ pid: 7, command: "sleep 60" }];

    expect(rulesBroken({ acknowledged: [], survivors })).toEqual(["left over"]);
  });
});

function rulesBroken(evidence: Partial<Evidence>): string[] {
  const whole: Evidence = {
    acknowledged: ["task"],
    records: [start(1), end(1)],
    tasks: stored({ nonce: "run-1" }),
    survivors: [],
    ...evidence,
  };
  return findViolations(whole).map(({ rule }) => rule);
}

function stored({ state = "completed", attempt = 1, nonce = "" }): Map<string, FinalTask> {
  return new Map([["task", { id: "task", state, attempt, result: { nonce } }]]);
}

const run = (attempt: number): Run => ({
  taskId: "task",
  attempt,
  nonce: `run-${attempt}`,
  pid: 1,
});
const start = (attempt: number): RunRecord => ({ kind: "start", run: run(attempt), at: 0 });
const end = (attempt: number): RunRecord => ({ kind: "end", run: run(attempt), at: 0 });
