import { describe, expect, it } from "vitest";
import { StopReason, TaskError } from "../handler.ts";
import { outcomeOf } from "./outcome.ts";

const evidence = { logTail: "last words", peakMemory: 7 };
const threw = (error: unknown) => ({ kind: "threw", error }) as const;
const stop = (kind: StopReason["kind"]) => new StopReason(kind, "it had to be", 5);

describe("outcomeOf", () => {
  it("counts a value even when the attempt had been asked to stop", () => {
    const ending = { kind: "returned", value: [1] } as const;

    expect(outcomeOf(ending, stop("cancelled"), evidence)).toEqual({
      kind: "completed",
      result: [1],
    });
  });

  it("has no result when nothing is returned", () => {
    const ending = { kind: "returned", value: undefined } as const;

    expect(outcomeOf(ending, undefined, evidence)).toEqual({ kind: "completed" });
  });

  it.each(["cancelled", "released"] as const)("takes what is thrown after a stop as %s", (kind) => {
    expect(outcomeOf(threw(new Error("echo")), stop(kind), evidence)).toEqual({ kind });
  });

  it.each(["timed_out", "out_of_memory"] as const)("fails with the evidence when %s", (kind) => {
    const error = new TaskError("signal", "killed", { signal: "SIGTERM" });

    expect(outcomeOf(threw(error), stop(kind), evidence)).toEqual({
      kind: "failed",
      failure: { kind, message: "it had to be", signal: "SIGTERM", ...evidence },
    });
  });

  it("prefers the facts that a TaskError brings", () => {
    const error = new TaskError("exit_code", "exit 3", { exitCode: 3, logTail: "its own" });

    expect(outcomeOf(threw(error), undefined, evidence)).toEqual({
      kind: "failed",
      failure: {
        kind: "exit_code",
        message: "exit 3",
        exitCode: 3,
        logTail: "its own",
        peakMemory: 7,
      },
    });
  });

  it("knows a TaskError of another copy of this package by its looks", () => {
    const error = Object.assign(new Error("bad input"), {
      name: "TaskError",
      kind: "user_error",
      facts: {},
    });

    expect(outcomeOf(threw(error), undefined, evidence)).toMatchObject({
      failure: { kind: "user_error" },
    });
  });

  it("does not believe a kind that there is not", () => {
    const error = Object.assign(new Error("?"), { name: "TaskError", kind: "bogus", facts: {} });

    expect(outcomeOf(threw(error), undefined, evidence)).toMatchObject({
      failure: { kind: "handler_error" },
    });
  });
});
