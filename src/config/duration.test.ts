import { expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

it.each([
  ["90", 90_000],
  ["0", 0],
  ["1.5", 1_500],
  ["500ms", 500],
  ["90s", 90_000],
  ["10m", 600_000],
  ["48h", 172_800_000],
  ["7d", 604_800_000],
  ["1h30m", 5_400_000],
])("reads %s as %i ms", (text, ms) => {
  expect(parseDuration(text, "--timeout")).toBe(ms);
});

it.each(["", "soon", "-5", "5 m", "10y", "1h-"])("refuses %j and names what it was for", (text) => {
  expect(() => parseDuration(text, "--timeout")).toThrow(
    `--timeout is "${text}", which is no duration`,
  );
});
