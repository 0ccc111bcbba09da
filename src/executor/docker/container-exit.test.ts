import { expect, it } from "vitest";
import { exitOf } from "./container-exit.ts";

const plain = { outOfMemory: false, fromOutside: false };

it.each([
  ["a worker that left", { ...plain, exitCode: 0 }, { kind: "exited", code: 0 }],
  ["a worker's own code", { ...plain, exitCode: 26 }, { kind: "exited", code: 26 }],
  ["a signal", { ...plain, exitCode: 134 }, { kind: "killed", signal: "SIGABRT" }],
  ["a code that is no signal's", { ...plain, exitCode: 255 }, { kind: "exited", code: 255 }],
  [
    "want of memory",
    { exitCode: 137, outOfMemory: true, fromOutside: true },
    { kind: "killed", signal: "SIGKILL", outOfMemory: true },
  ],
  [
    "somebody else",
    { exitCode: 137, outOfMemory: false, fromOutside: true },
    { kind: "killed", signal: "SIGKILL", note: expect.stringContaining("from outside") },
  ],
])("an end of a container by %s is told as such", (_, end, exit) => {
  expect(exitOf(end)).toEqual(exit);
});
