import { describe, expect, it } from "vitest";
import { time, timeWords } from "./time.ts";

const now = Date.UTC(2026, 2, 1, 14, 5, 9);

describe("a time", () => {
  it.each([
    [0, "ago", "just now"],
    [12_400, "ago", "12s ago"],
    [250_000, "for", "4m 10s"],
    [-40_000, "until", "in 40s"],
    [1_000, "until", "now"],
    [0, "clock", "2026-03-01 14:05:09 UTC"],
  ] as const)("that was %d ms ago is told as %s: %s", (passed, as, words) => {
    expect(timeWords(now - passed, now, as)).toBe(words);
  });

  it("is never told as a negative length, however clocks differ", () => {
    expect(timeWords(now + 90_000, now, "ago")).toBe("just now");
    expect(timeWords(now + 90_000, now, "for")).toBe("0s");
  });

  it("has the exact time beside it, and is a Tab stop unless it is in a row", () => {
    const alone = time(now, { now }).toString();
    const inRow = time(now, { now, inRow: true }).toString();

    expect(alone).toContain('datetime="2026-03-01T14:05:09.000Z"');
    expect(alone).toContain('title="2026-03-01 14:05:09 UTC" tabindex="0"');
    expect(inRow).toContain('title="2026-03-01 14:05:09 UTC" tabindex="-1"');
  });
});
