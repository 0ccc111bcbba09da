import { expect, it } from "vitest";
import { parseSize } from "./size.ts";

it.each([
  ["1024", 1_024],
  ["512m", 536_870_912],
  ["8g", 8_589_934_592],
  ["1.5GiB", 1_610_612_736],
  ["64 KB", 65_536],
  ["2T", 2_199_023_255_552],
])("reads %s as %i bytes", (text, bytes) => {
  expect(parseSize(text, "--memory")).toBe(bytes);
});

it.each(["", "much", "-1g", "8x"])("refuses %j and names what it was for", (text) => {
  expect(() => parseSize(text, "--memory")).toThrow(`--memory is "${text}", which is no size`);
});
