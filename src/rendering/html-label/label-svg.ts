import { isMonospaced, monoFamilies, sansFamilies } from "../fonts.ts";
import type { LetterStyle, Mark } from "./label.ts";

/** The marks of a label as SVG that every viewer shows: `<text>` and `<rect>`, no HTML. */
export function labelSvg(marks: readonly Mark[]): string {
  return marks.map((mark) => (mark.kind === "text" ? textSvg(mark) : rectangleSvg(mark))).join("");
}

function textSvg({ x, y, text, style }: Extract<Mark, { kind: "text" }>): string {
  if (text.trim() === "" && !style.underline && !style.strike) return "";
  return `<text x="${short(x)}" y="${short(y)}"${attributesOf(style)} xml:space="preserve">${escaped(text)}</text>`;
}

function attributesOf({ size, family, bold, italic, underline, strike, colour }: LetterStyle) {
  const decoration = [underline && "underline", strike && "line-through"].filter(Boolean).join(" ");
  return [
    ` font-family="${isMonospaced(family) ? monoFamilies : sansFamilies}"`,
    ` font-size="${short(size)}"`,
    ` fill="${escaped(colour)}"`,
    bold ? ' font-weight="bold"' : "",
    italic ? ' font-style="italic"' : "",
    decoration === "" ? "" : ` text-decoration="${decoration}"`,
  ].join("");
}

function rectangleSvg(mark: Extract<Mark, { kind: "rectangle" }>): string {
  const { x, y, width, height, fill = "none", stroke } = mark;
  const size = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
  const line = stroke === undefined ? "" : ` stroke="${escaped(stroke)}"`;
  return `<rect ${size} fill="${escaped(fill)}"${line}/>`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, "");
}
