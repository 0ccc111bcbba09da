import { shorten, widthOf } from "../../cli/present/width.ts";
import type { Colour } from "../../cli/terminal.ts";

export interface Style {
  readonly colour?: Colour;
  readonly bold?: boolean;
  /** Foreground and background change places. */
  readonly inverse?: boolean;
}

export interface Span extends Style {
  readonly text: string;
}

/** One row of the screen, from its left edge; what is too long is cut off, not wrapped. */
export type Line = readonly Span[];

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export function plain(text: string, style: Style = {}): Line {
  return [{ text, ...style }];
}

export function widthOfLine(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Puts the second at the right edge, as far as there is room beside the first. */
export function spread(left: Line, right: Line, columns: number): Line {
  const gap = columns - widthOfLine(left) - widthOfLine(right);
  return gap < 1 ? left : [...left, { text: " ".repeat(gap) }, ...right];
}

/** With a sign at the end of what does not fit. */
export function cutTo(line: Line, columns: number): Line {
  if (widthOfLine(line) <= columns) return line;
  let room = columns;
  return line.map((span) => {
    const text = widthOf(span.text) <= room ? span.text : shorten(span.text, room);
    const isLast = text !== span.text;
    room = isLast ? 0 : room - widthOf(text);
    return { ...span, text };
  });
}

/** The whole row shown as chosen. */
export function inverted(line: Line, columns: number): Line {
  const missing = Math.max(0, columns - widthOfLine(line));
  return [...line, { text: " ".repeat(missing) }].map((span) => ({ ...span, inverse: true }));
}

export function textOf(line: Line): string {
  return line
    .map(({ text }) => text)
    .join("")
    .trimEnd();
}
