import fc from "fast-check";
import { expect, it } from "vitest";
import { difference, frameOf } from "../../src/monitor/terminal/frame.ts";
import type { Line } from "../../src/monitor/terminal/line.ts";
import { Paper } from "./paper.ts";

const size = { columns: 20, rows: 4 };
const words = fc.stringMatching(/^(?:[a-z ]|日|é|🎉|█|─|ｱ){0,24}$/);
const line: fc.Arbitrary<Line> = fc.array(fc.record({ text: words }, { requiredKeys: ["text"] }), {
  maxLength: 3,
});
const screens = fc.array(fc.array(line, { maxLength: 4 }), { minLength: 1, maxLength: 6 });

it("turns any screen into any other by what differs", () => {
  fc.assert(
    fc.property(screens, fc.boolean(), (sequence, faulty) => {
      const paper = new Paper(size.columns, size.rows, { faulty });
      let before: ReturnType<typeof frameOf> | undefined;
      for (const lines of sequence) {
        const frame = frameOf(lines, size, true);
        const fresh = new Paper(size.columns, size.rows);
        fresh.write(difference(undefined, frame));

        paper.write(difference(before, frame));

        expect(paper.text).toBe(fresh.text);
        before = frame;
      }
    }),
  );
});

it("writes nothing when nothing has changed, and only the columns that have", () => {
  const frame = (text: string) => frameOf([[{ text }]], size, true);

  expect(difference(frame("12:05:09"), frame("12:05:09"))).toBe("");
  expect(difference(frame("12:05:09"), frame("12:05:10"))).toBe("\u001b[1;7H10");
});

it("paints only if colours are wanted; what is chosen shows without them too", () => {
  const lines: Line[] = [
    [
      { text: "failed", colour: "red" },
      { text: "x", inverse: true },
    ],
  ];

  expect(difference(undefined, frameOf(lines, { columns: 7, rows: 1 }, true))).toBe(
    "\u001b[1;1H\u001b[0;31mfailed\u001b[0;7mx\u001b[0m",
  );
  expect(difference(undefined, frameOf(lines, { columns: 7, rows: 1 }, false))).toBe(
    "\u001b[1;1Hfailed\u001b[0;7mx\u001b[0m",
  );
});

it("lets no text move the cursor", () => {
  const evil = "a\u001b[2Jb\rc\nd\te\u0007\u001b]0;title\u0007f\u009b31m";

  const frame = frameOf([[{ text: evil }]], { columns: 20, rows: 1 }, true);

  expect(difference(undefined, frame)).toBe(`\u001b[1;1H${"abc d    ef".padEnd(20)}`);
});

it("cuts at the edge, never through a wide character", () => {
  const output = difference(
    undefined,
    frameOf([[{ text: "abc日" }]], { columns: 4, rows: 1 }, true),
  );

  expect(output).toBe("\u001b[1;1Habc ");
});
