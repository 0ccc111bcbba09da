import { describe, expect, it } from "vitest";
import { parsePs } from "./darwin.ts";

const recorded = `
    1     0     1  20448 Ss   12:34.56 Mon Nov 10 08:00:01 2025
  501     1   501   3120 S    0:00.25 Mon Nov 10 08:05:11 2025
  502   501   501  51200 T    1-02:03:04.50 Tue Nov 11 09:15:21 2025
  503   501   501      0 Z    0:00.00 Tue Nov 11 09:15:22 2025
`;

describe("the processes that macOS shows", () => {
  it("are read from ps, without zombies", () => {
    expect(parsePs(recorded).map(({ pid }) => pid)).toEqual([1, 501, 502]);
  });

  it("have memory in bytes, processor time in ms, and a start that can be compared", () => {
    const [, first, second] = parsePs(recorded);

    expect(first).toMatchObject({ parent: 1, group: 501, memory: 3120 * 1024, cpuMs: 250 });
    expect(second).toMatchObject({ cpuMs: (26 * 3600 + 184.5) * 1000 });
    expect(second?.startedAt).toBe("Tue Nov 11 09:15:21 2025");
    expect(second?.startOrder).toBeGreaterThan(first?.startOrder ?? Infinity);
  });
});
