import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId, newWorkerId } from "./ids.ts";

describe("newId", () => {
  it("makes 20 characters that need no quoting anywhere", () => {
    expect(newId(Date.now())).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/);
  });

  it("sorts by time", () => {
    const times = fc.integer({ min: 0, max: 32 ** 9 - 1 });
    fc.assert(
      fc.property(times, times, (a, b) => {
        fc.pre(a !== b);
        expect(newId(a) < newId(b)).toBe(a < b);
      }),
    );
  });

  it("never makes the same id twice", () => {
    const ids = Array.from({ length: 10_000 }, () => newId(1));

    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("newWorkerId", () => {
  it("says mode, type and place in the pool", () => {
    expect(newWorkerId("direct", "notebook", 3)).toMatch(/^direct-notebook-3-[0-9a-f]{8}$/);
  });
});
