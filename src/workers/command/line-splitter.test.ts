import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

const pieceOfText = fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r"), maxLength: 12 });

describe("LineSplitter", () => {
  it("finds the same lines however the text is cut into pieces", () => {
    fc.assert(
      fc.property(fc.array(pieceOfText), (pieces) => {
        const inPieces = linesOf(pieces, 5);
        const atOnce = linesOf([pieces.join("")], 5);

        expect(inPieces).toEqual(atOnce);
      }),
    );
  });

  it("keeps what came after the last line end", () => {
    expect(linesOf(["one\ntw", "o"], 10).map(({ text }) => text)).toEqual(["one", "two"]);
  });

  it("cuts a line at its limit and counts what it left out", () => {
    expect(linesOf(["abc", "def", "gh\nnext"], 5)).toEqual([
      { text: "abcde", cut: 3 },
      { text: "next", cut: 0 },
    ]);
  });

  it("shows each move of a progress bar as a line", () => {
    const moves = linesOf(["10%\r", "20%\r", "\ndone\r\n"], 10);

    expect(moves.map(({ text }) => text)).toEqual(["10%", "20%", "done"]);
  });

  it("holds no more than its limit of an endless line", () => {
    const splitter = new LineSplitter(10);
    for (let i = 0; i < 1_000; i++) splitter.push("x".repeat(1_000));

    expect(splitter.end()).toEqual([{ text: "x".repeat(10), cut: 999_990 }]);
  });
});

function linesOf(pieces: readonly string[], maxLength: number) {
  const splitter = new LineSplitter(maxLength);
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}
