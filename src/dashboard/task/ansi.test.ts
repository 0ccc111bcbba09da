import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAnsi, withoutAnsi } from "./ansi.ts";

const esc = "\u001b";

describe("escape codes of a log", () => {
  it("become classes, until they are reset", () => {
    const line = `a ${esc}[1;31mred${esc}[0m b`;

    expect(readAnsi(line)).toEqual([
      { text: "a ", classes: [] },
      { text: "red", classes: ["ansi-bold", "ansi-red"] },
      { text: " b", classes: [] },
    ]);
  });

  it("take the nearest of eight colours for those of larger palettes", () => {
    const names = ["38;5;196", "38;2;10;200;20", "48;5;21", "38:5:9"].map(
      (code) => readAnsi(`${esc}[${code}mx`)[0]?.classes[0],
    );

    expect(names).toEqual(["ansi-red", "ansi-green", "ansi-on-blue", "ansi-red"]);
  });

  it("leave nothing of titles, links, movements and half codes", () => {
    const line = `${esc}]0;title\u0007a${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\${esc}[2Jb${esc}[Kc${esc}`;

    expect(withoutAnsi(line)).toBe("alinkbc");
  });

  it("show what a line that was written over ends as", () => {
    expect(withoutAnsi("10 %\r50 %\r100 %\r")).toBe("100 %");
  });

  it("never let a control character or a change of direction through", () => {
    const hostile = fc
      .string({ unit: "binary" })
      .chain((text) =>
        fc.constantFrom(text, `${esc}[${text}`, `${esc}]${text}`, `\u202e${text}\u009b1m`),
      );

    fc.assert(
      fc.property(hostile, (line) => {
        expect(withoutAnsi(line)).not.toMatch(/(?!\t)\p{Cc}|\u202e/u);
      }),
    );
  });
});
