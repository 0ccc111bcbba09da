import { describe, expect, it } from "vitest";
import { TaskError } from "../../worker/handler.ts";
import { judgeEnding, type ProgramEnding } from "./program-ending.ts";

const quiet: ProgramEnding = {
  program: "model",
  code: 0,
  signal: null,
  lostResult: false,
  saidOutOfMemory: false,
  kernelKilled: false,
  peakMemory: 300 * 2 ** 20,
};

describe("judgeEnding", () => {
  it.each<[string, Partial<ProgramEnding>]>([
    [
      "SIGKILL while the kernel killed for memory",
      { code: null, signal: "SIGKILL", kernelKilled: true },
    ],
    ["a shell whose child was killed so", { code: 137, kernelKilled: true }],
    ["an abort after words of it", { code: null, signal: "SIGABRT", saidOutOfMemory: true }],
    ["a shell whose child aborted so", { code: 134, saidOutOfMemory: true }],
  ])("takes %s for out of memory, and tells the peak", (_what, ending) => {
    expect(failureOf(ending)).toMatchObject({
      kind: "out_of_memory",
      message: expect.stringContaining("300 MiB"),
      facts: { peakMemory: quiet.peakMemory },
    });
  });

  it.each<[string, string, Partial<ProgramEnding>]>([
    ["a kill", "signal", { code: null, signal: "SIGKILL" }],
    ["an abort", "signal", { code: null, signal: "SIGABRT" }],
    ["another's death for memory", "signal", { code: null, signal: "SIGSEGV", kernelKilled: true }],
    ["exit code 137", "exit_code", { code: 137 }],
    ["mere words of it", "exit_code", { code: 1, saidOutOfMemory: true }],
  ])("does not take %s for out of memory", (_what, kind, ending) => {
    expect(failureOf(ending)).toMatchObject({ kind });
  });

  it("does not let a result hide an exit code", () => {
    expect(failureOf({ code: 2, result: { value: 42 } })).toMatchObject({ kind: "exit_code" });
  });
});

function failureOf(ending: Partial<ProgramEnding>): TaskError {
  try {
    judgeEnding({ ...quiet, ...ending });
  } catch (error) {
    if (error instanceof TaskError) return error;
    throw error;
  }
  throw new Error("it was taken for a good end");
}
