import { describe, expect, it } from "vitest";
import { Fonts, isMonospaced, readCssFont } from "./fonts.ts";

const fonts = new Fonts();
const plain = { family: "sans-serif", size: 20, bold: false, italic: false };

describe("the fonts of diagrams", () => {
  it("are as wide as Arial and Courier New", () => {
    expect(fonts.measure("Hello", plain).width).toBeCloseTo(45.57, 1);
    expect(fonts.measure("Hello", { ...plain, family: "Courier New" }).width).toBeCloseTo(60, 1);
  });

  it("measure bold letters wider than others", () => {
    const bold = fonts.measure("Hello", { ...plain, bold: true });

    expect(bold.width).toBeGreaterThan(fonts.measure("Hello", plain).width);
  });

  it("leave room for letters that they do not have, and name them", () => {
    expect(fonts.measure("中", plain).width).toBe(20);
    expect(fonts.missing("aä→中✓ 中")).toEqual(["中"]);
  });

  it("have the signs that diagrams are full of, and say how wide they are", () => {
    const signs = "←⇒⟶✓✔✗✘☑☐★☆◆∈∅∀∃∧⊆≤∞☹⚠️⚡☀✉⌘⏎😀🚀✅❌🔥💡📦🔒";

    expect(fonts.missing(signs)).toEqual([]);
    for (const sign of ["⇒", "✓", "🚀"]) {
      const { width } = fonts.measure(sign, plain);
      expect(width).toBeGreaterThan(10);
      expect(width).toBeLessThan(30);
    }
    expect(fonts.measure("⚠️", plain)).toEqual(fonts.measure("⚠", plain));
  });

  it("hands over only the faces that a drawing uses", () => {
    expect(fonts.filesFor("<svg><text>a</text></svg>")).toHaveLength(1);
    expect(fonts.filesFor('<svg><text font-weight="bold">a</text></svg>')).toHaveLength(2);
    expect(fonts.filesFor("<svg><text>✓ 🚀 ✗</text></svg>")).toHaveLength(2);
    expect(
      fonts.filesFor('<text font-weight="700" font-style="italic" font-family="Cousine">a</text>'),
    ).toHaveLength(8);
  });

  it("reads the fonts of a canvas", () => {
    expect(readCssFont("italic bold 14px sans-serif")).toEqual({
      ...{ family: "sans-serif", size: 14, bold: true, italic: true },
    });
    expect(readCssFont("12pt Courier").size).toBe(16);
    expect(isMonospaced("Courier New")).toBe(true);
    expect(isMonospaced("Helvetica")).toBe(false);
  });
});
