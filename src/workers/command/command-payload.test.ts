import { describe, expect, it } from "vitest";
import { commandSchema } from "./command-payload.ts";

describe("the schema of a command", () => {
  it("takes a payload with every key, as it is", () => {
    const payload = {
      argv: ["python3", "-u", "model.py", ""],
      cwd: "/srv",
      env: { OMP_NUM_THREADS: "4", EMPTY: "" },
      inheritEnv: false,
      stdin: "",
      killGraceMs: 0,
    };

    expect(commandSchema["~standard"].validate(payload)).toEqual({ value: payload });
  });

  it.each([
    ["no object", ["ls"], /^the payload must be an object, such as {"argv": \["echo", "hello"\]}$/],
    [
      "no argv",
      {},
      /^argv is missing: give the program and its arguments, such as \["echo", "hello"\]$/,
    ],
    [
      "a line of shell",
      { argv: "ls | wc" },
      /^argv must be a list, .*; for a line of shell: \["sh", "-c", "ls \| wc"\]$/,
    ],
    ["an empty argv", { argv: [] }, /^argv must be a list of at least the program's name/],
    ["an empty program", { argv: [""] }, /^argv must begin with the program's name/],
    ["numbers among the arguments", { argv: ["seq", 3] }, /^argv must hold strings only/],
    ["a NUL character", { argv: ["a\0b"] }, /^argv must hold strings only/],
    ["a relative cwd", { argv: ["ls"], cwd: "src" }, /^cwd must be an absolute path/],
    ["an env that is a list", { argv: ["ls"], env: ["A=1"] }, /^env must be an object of strings/],
    ["an env with a number", { argv: ["ls"], env: { A: 1 } }, /^env has no usable value for "A"/],
    ["an env name with =", { argv: ["ls"], env: { "A=": "1" } }, /for "A=": names hold no "="/],
    [
      "a negative grace",
      { argv: ["ls"], killGraceMs: -1 },
      /^killGraceMs must be a number of mill/,
    ],
    ["a near miss", { argv: ["ls"], killGrace: 1 }, /"killGrace" is no key .* mean killGraceMs\?/],
    [
      "an unknown key",
      { argv: ["ls"], memory: 1 },
      /"memory" is no key of a command; known are arg/,
    ],
    ["a key of every object", { argv: ["ls"], toString: 1 }, /"toString" is no key of a command/],
  ])("refuses %s and says what to do", (_what, payload, message) => {
    const answer = commandSchema["~standard"].validate(payload);

    expect(answer).toEqual({
      issues: [expect.objectContaining({ message: expect.stringMatching(message) })],
    });
  });

  it("names every fault at once", () => {
    const answer = commandSchema["~standard"].validate({ arg: ["ls"], stdin: 1 });

    expect(answer).toHaveProperty("issues.length", 3);
  });
});
