import { describe, expect, it } from "vitest";
import type { WorkerExit } from "../executor/executor.ts";
import { type ExitFacts, explainExit } from "./explain-exit.ts";

const mib = 1024 ** 2;
const heapLog = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";

function facts(exit: WorkerExit, over: Partial<ExitFacts> = {}): ExitFacts {
  return { workerId: "w1", exit, logTail: "", oomKills: 0, wasReady: true, ...over };
}

const code = (value: number): WorkerExit => ({ kind: "exited", code: value });
const signal = (name: string): WorkerExit => ({ kind: "killed", signal: name });

describe("explainExit", () => {
  it.each([
    ["an exit code", facts(code(3)), "worker_died", "w1 exited with code 3"],
    [
      "a handler that ended the process",
      facts(code(26), {
        logTail: "x\nthe process ends with code 7, and it was not the worker who ended it\n",
      }),
      "worker_died",
      "w1 was ended with code 7 by the code of its handler (process.exit, or nothing was left to wait for)",
    ],
    ["a clean exit", facts(code(0)), "worker_died", "w1 exited with code 0"],
    [
      "a shell's exit code for a signal",
      facts(code(139)),
      "worker_died",
      "w1 exited with code 139 (a shell's word for signal 11)",
    ],
    [
      "a container at its limit",
      facts({ kind: "killed", signal: "SIGKILL", outOfMemory: true }, { memoryLimit: 64 * mib }),
      "out_of_memory",
      "w1 was killed for want of memory: its container was at its limit; give its pool more memory or its tasks less to do (its limit is 64 MiB)",
    ],
    [
      "a container ended by hand while another was out of memory",
      facts({ kind: "killed", signal: "SIGKILL", note: "docker kill" }, { oomKills: 1 }),
      "worker_died",
      "w1 was ended by SIGKILL (docker kill)",
    ],
    ["a signal", facts(signal("SIGSEGV")), "worker_died", "w1 was ended by SIGSEGV"],
    [
      "an end before it was ready",
      facts(code(1), { wasReady: false }),
      "worker_died",
      "w1 exited with code 1 before it was ready",
    ],
    [
      "a worker nobody saw end",
      facts({ kind: "lost", reason: "its process is gone" }),
      "worker_died",
      "w1 is gone (its process is gone)",
    ],
    [
      "a peak of memory",
      facts(signal("SIGKILL"), { peakMemory: 300 * mib }),
      "worker_died",
      "w1 was ended by SIGKILL; its memory peaked at 300 MiB",
    ],
    [
      "the V8 heap limit by signal",
      facts(signal("SIGABRT"), { logTail: heapLog, memoryLimit: 512 * mib }),
      "out_of_memory",
      "w1 ran out of JavaScript heap; give its pool more memory or its tasks less to do (its limit is 512 MiB)",
    ],
    [
      "the V8 heap limit by exit code",
      facts(code(134), { logTail: heapLog }),
      "out_of_memory",
      "w1 ran out of JavaScript heap; give its pool more memory or its tasks less to do",
    ],
    [
      "an abort without that log",
      facts(signal("SIGABRT")),
      "worker_died",
      "w1 was ended by SIGABRT",
    ],
    [
      "the kernel's out-of-memory killer",
      facts(signal("SIGKILL"), { oomKills: 1 }),
      "out_of_memory",
      "w1 was killed by the system for want of memory; give its pool more memory or its tasks less to do",
    ],
    [
      "the same seen from a container",
      facts(code(137), { oomKills: 1 }),
      "out_of_memory",
      "w1 was killed by the system for want of memory; give its pool more memory or its tasks less to do",
    ],
    [
      "a kernel kill that was somebody else's",
      facts(code(1), { oomKills: 2 }),
      "worker_died",
      "w1 exited with code 1",
    ],
  ])("explains %s", (_, given, kind, message) => {
    expect(explainExit(given)).toMatchObject({ kind, message });
  });

  it("keeps exit code, signal and peak as evidence", () => {
    expect(explainExit(facts(code(3)))).toMatchObject({ exitCode: 3 });
    expect(explainExit(facts(signal("SIGBUS"), { peakMemory: 5 }))).toMatchObject({
      signal: "SIGBUS",
      peakMemory: 5,
    });
  });

  it("keeps the last 1,000 characters of the log", () => {
    const failure = explainExit(facts(code(1), { logTail: `${"a".repeat(2_000)}the end` }));

    expect(failure.logTail).toHaveLength(1_000);
    expect(failure.logTail?.endsWith("the end")).toBe(true);
  });

  it("says nothing of a log that is empty", () => {
    expect(explainExit(facts(code(1)))).not.toHaveProperty("logTail");
  });
});
