import { describe, expect, it } from "vitest";
import { Fonts } from "../fonts.ts";
import { openPage } from "../jsdom.ts";
import type { LetterStyle, Mark } from "./label.ts";
import { labelSvg } from "./label-svg.ts";
import { layOut } from "./lay-out-label.ts";
import { type LabelNode, readLabel } from "./read-label.ts";

const fonts = new Fonts();
const { document } = openPage();
const style: LetterStyle = {
  ...{ family: "Helvetica", size: 12, bold: false, italic: false },
  ...{ colour: "#000000", underline: false, strike: false, raised: 0, lineHeight: 1.2 },
};

describe("a label of HTML", () => {
  it("breaks at the width it has, at spaces only", () => {
    expect(linesOf("one two three", 50)).toEqual(["one two", "three"]);
    expect(linesOf("one twothreefourfive", 50)).toEqual(["one", "twothreefourfive"]);
    expect(linesOf("one two three", Infinity)).toEqual(["one two three"]);
  });

  it.each([
    ["a<br>b", ["a", "b"]],
    ["a<br><br>b", ["a", "b"]],
    ["<div>a</div><div>b</div>", ["a", "b"]],
    ["<div>a</div>\n  <div>b</div>", ["a", "b"]],
    ["a<div>b</div>c", ["a", "b", "c"]],
    ["a\n   b", ["a b"]],
    ["a&nbsp;&nbsp;b", ["a\u00a0\u00a0b"]],
    ["<pre>a\n  b</pre>", ["a", "b"]],
    ["<script>x</script><style>y</style>a", ["a"]],
    ["<ul><li>a</li><li>b</li></ul>", ["• a", "• b"]],
    ["<ol start='3'><li>a</li><li>b</li></ol>", ["3. a", "4. b"]],
    ["<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", ["a b", "c"]],
    ["<b>un</b>closed <i>tags", ["un closed tags"]],
    ["", []],
  ])("shows %s as %j", (html, lines) => {
    expect(linesOf(html, Infinity)).toEqual(lines);
  });

  it("keeps words together whose letters differ", () => {
    expect(linesOf("aaaa bb<b>bb</b>bb cc", 45)).toEqual(["aaaa", "bb bb bb", "cc"]);
  });

  it.each([
    ["<b>x</b>", { bold: true }],
    ["<strong>x</strong>", { bold: true }],
    ['<span style="font-weight: 700">x</span>', { bold: true }],
    ['<b><span style="font-weight: normal">x</span></b>', { bold: false }],
    ["<i>x</i>", { italic: true }],
    ["<u>x</u>", { underline: true }],
    ["<s>x</s>", { strike: true }],
    ['<font color="#FF0000">x</font>', { colour: "#ff0000" }],
    ['<span style="color: rgb(1, 2, 3)">x</span>', { colour: "rgb(1, 2, 3)" }],
    ['<font style="font-size: 20px">x</font>', { size: 20 }],
    ['<span style="font-size: 12pt">x</span>', { size: 16 }],
    ['<font size="5">x</font>', { size: 24 }],
    ["<h1>x</h1>", { size: 24, bold: true }],
    ["<code>x</code>", { family: "monospace" }],
    ['<span style="background-color: #ffff00">x</span>', { background: "#ffff00" }],
    ['<b size="">x</b>', { size: 12 }],
  ])("reads the look of %s", (html, look) => {
    const [text] = texts(html, Infinity);

    expect(text?.style).toMatchObject(look);
  });

  it("raises and lowers", () => {
    const [base, above, below] = texts("x<sup>2</sup><sub>3</sub>", Infinity);

    expect(above?.y).toBeLessThan(base?.y ?? 0);
    expect(below?.y).toBeGreaterThan(base?.y ?? 0);
  });

  it("aligns lines within its width", () => {
    const xOf = (align: string) => texts(`<div style="text-align:${align}">x</div>`, 100)[0]?.x;

    expect(xOf("left")).toBe(0);
    expect(xOf("right")).toBeCloseTo(94);
    expect(xOf("center")).toBeCloseTo(47);
  });

  it("is as high as its lines, and margins of neighbours are one", () => {
    expect(laid("a<br>b", 100).height).toBeCloseTo(28.8);
    expect(laid("<p>a</p><p>b</p>", 100).height).toBeCloseTo(3 * 12 + 28.8);
  });

  it("makes the columns of a table as wide as what is in them, and narrower in less room", () => {
    const table = "<table><tr><td>a long first cell</td><td>second</td></tr></table>";

    expect(laid(table, 400).marks.map(({ x }) => Math.round(x))).toEqual([3, 84]);
    expect(linesOf(table, 60).length).toBeGreaterThan(2);
  });

  it("becomes text that is safe in SVG", () => {
    const svg = labelSvg(laid('&lt;b&gt; &amp; "x" \u0001', 200).marks);

    expect(svg).toContain("&lt;b&gt; &amp; &quot;x&quot;");
    expect(svg).not.toContain("\u0001");
  });
});

function laid(html: string, width: number) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const scope = { style, align: "left", wraps: true, keepsSpaces: false } as const;
  return layOut(readLabel(template.content as unknown as LabelNode, scope), width, fonts);
}

function texts(html: string, width: number) {
  return laid(html, width).marks.filter(isText);
}

function isText(mark: Mark): mark is Extract<Mark, { kind: "text" }> {
  return mark.kind === "text";
}

/** What stands on one height, from left to right. */
function linesOf(html: string, width: number): string[] {
  const lines = new Map<number, string[]>();
  for (const { y, text } of texts(html, width).toSorted((a, b) => a.y - b.y || a.x - b.x)) {
    const at = Math.round(y);
    lines.set(at, [...(lines.get(at) ?? []), text.trim()]);
  }
  return [...lines.values()].map((line) => line.join(" "));
}
