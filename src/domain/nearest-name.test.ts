import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

describe("nearestName", () => {
  const known = ["argv", "cwd", "env", "inheritEnv", "killGraceMs"];

  it.each([
    ["args", "argv"],
    ["inherit_env", "inheritEnv"],
    ["killgracems", "killGraceMs"],
    ["killGrace", "killGraceMs"],
    ["CWD", "cwd"],
  ])("takes %s for %s", (word, meant) => {
    expect(nearestName(word, known)).toBe(meant);
  });

  it("names nothing when nothing is near", () => {
    expect(nearestName("environmentVariables", known)).toBeUndefined();
    expect(nearestName("timeout", [])).toBeUndefined();
    expect(nearestName("foo", ["logo"])).toBeUndefined();
  });
});
