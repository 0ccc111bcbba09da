import { widthOf } from "../../cli/present/width.ts";
import type { Colour } from "../../cli/terminal.ts";
import { cleaned } from "../../cli/terminal.ts";
import { graphemes } from "./graphemes.ts";
import type { Line, Size, Style } from "./line.ts";

const colourCodes: Record<Colour, number> = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  grey: 90,
  bold: 1,
};

/** One column. What is wider than one is followed by cells without text. */
interface Cell {
  readonly text: string;
  readonly width: number;
  readonly style: string;
}

/** A whole screen, column by column. */
export type Frame = readonly (readonly Cell[])[];

const empty: Cell = { text: " ", width: 1, style: "" };

/** Lines made to fit: cut off at the right, filled up with blanks. */
export function frameOf(lines: readonly Line[], { columns, rows }: Size, colours: boolean): Frame {
  return Array.from({ length: rows }, (_, at) => cellsOf(lines[at] ?? [], columns, colours));
}

function cellsOf(line: Line, columns: number, colours: boolean): Cell[] {
  const cells: Cell[] = [];
  for (const span of line) {
    const style = codesOf(span, colours);
    for (const text of graphemes(harmless(span.text))) {
      const width = widthOf(text);
      if (cells.length + width > columns) return fill(cells, columns);
      cells.push({ text, width, style });
      if (width === 2) cells.push({ text: "", width: 0, style });
    }
  }
  return fill(cells, columns);
}

/** Whatever it came from, a row moves no cursor and has no tabs of unknown width. */
function harmless(text: string): string {
  return cleaned(text.replaceAll("\t", "    ")).replaceAll("\n", " ");
}

function fill(cells: Cell[], columns: number): Cell[] {
  while (cells.length < columns) cells.push(empty);
  return cells;
}

function codesOf({ colour, bold, inverse }: Style, colours: boolean): string {
  const codes: number[] = [];
  if (bold) codes.push(1);
  if (inverse) codes.push(7);
  if (colours && colour) codes.push(colourCodes[colour]);
  return codes.join(";");
}

/** What to write so that a screen that shows one frame shows the other; only what differs. */
export function difference(before: Frame | undefined, after: Frame): string {
  const brush = new Brush();
  for (const [row, cells] of after.entries()) {
    const old = before?.[row];
    const [from, to] = differing(old, cells);
    if (from < to) brush.paint(row, from, cells.slice(from, to));
  }
  return brush.finish();
}

function differing(old: readonly Cell[] | undefined, cells: readonly Cell[]): [number, number] {
  if (old?.length !== cells.length) return [0, cells.length];
  let from = 0;
  let to = cells.length;
  while (from < to && isSame(old[from], cells[from])) from++;
  while (to > from && isSame(old[to - 1], cells[to - 1])) to--;
  while (from > 0 && from < to && (cells[from]?.width === 0 || old[from]?.width === 0)) from--;
  while (to < cells.length && (cells[to]?.width === 0 || old[to]?.width === 0)) to++;
  return [from, to];
}

function isSame(a: Cell | undefined, b: Cell | undefined): boolean {
  return a !== undefined && b !== undefined && a.text === b.text && a.style === b.style;
}

/** Writes cells with as few codes as needed. */
class Brush {
  #output = "";
  #style = "";

  paint(row: number, column: number, cells: readonly Cell[]): void {
    this.#output += `\u001b[${row + 1};${column + 1}H`;
    let at = column;
    for (const { text, width, style } of cells) {
      if (width > 0) this.#put(text, { at, width, style });
      at++;
    }
  }

  finish(): string {
    this.#dip("");
    return this.#output;
  }

  #put(text: string, { at, width, style }: { at: number; width: number; style: string }): void {
    this.#dip(style);
    if (text <= "\u007f") {
      this.#output += text;
      return;
    }
    // Terminals disagree about the width of such characters, so nothing is left to them.
    if (width > 1) this.#output += `${" ".repeat(width)}\u001b[${at + 1}G`;
    this.#output += `${text}\u001b[${at + width + 1}G`;
  }

  #dip(style: string): void {
    if (style === this.#style) return;
    this.#style = style;
    this.#output += style === "" ? "\u001b[0m" : `\u001b[0;${style}m`;
  }
}
