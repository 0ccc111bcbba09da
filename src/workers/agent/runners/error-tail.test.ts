import { expect, it } from "vitest";
import { ErrorTail } from "./error-tail.ts";

it("the last lines of a program are told whole, as many as there is room for", () => {
  const errors = new ErrorTail();
  expect([errors.text, errors.lastLine]).toEqual(["", ""]);

  for (let n = 0; n < 100; n++) errors.add(`line ${n} ${"x".repeat(90)}`);
  errors.add("y".repeat(100));
  errors.add("");

  const lines = errors.text.split("\n");
  expect(lines.map((line) => line.length)).toEqual([98, 98, 98, 98, 100]);
  expect(lines[0]).toMatch(/^line 96 x+$/);
  expect(errors.lastLine).toBe("y".repeat(100));

  errors.add("z".repeat(2_000));
  expect(errors.text).toBe("z".repeat(500));
});
