import { type Colour, cleaned, type Terminal } from "../terminal.ts";
import { pad, shorten, widthOf } from "./width.ts";

export interface Column<Row> {
  readonly header: string;
  readonly value: (row: Row) => string;
  readonly colour?: (row: Row) => Colour | undefined;
  readonly align?: "left" | "right";
  /** May be shortened, down to so many columns, when the terminal is narrow. */
  readonly shrinkTo?: number;
  readonly cut?: "end" | "middle";
}

/**
 * Prints one line per row. On a terminal it fits into the width: where shorter cells do not
 * suffice, each row becomes a record of lines. In a pipe nothing is cut.
 */
export function printTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  const cells = rows.map((row) => columns.map(({ value }) => oneLine(value(row))));
  const available = terminal.columns;
  const widths = fitWidths(columns, naturalWidths(columns, cells), available);
  if (available !== undefined && lineWidth(widths) > available && rows.length > 0) {
    printRecords(terminal, { columns, rows, cells, available });
    return;
  }
  const line = (texts: readonly string[], row?: Row) =>
    texts
      .map((text, at) => {
        const { align = "left", cut = "end", colour } = columns[at] ?? {};
        const last = at === columns.length - 1 && align === "left";
        const short = shorten(text, widths[at] ?? 0, cut);
        const padded = last
          ? short
          : pad(short, widths[at] ?? 0, align === "left" ? "left" : "right");
        return terminal.paint(padded, row === undefined ? "grey" : colour?.(row));
      })
      .join(" ")
      .trimEnd();
  terminal.print(line(columns.map(({ header }) => header)));
  for (const [at, row] of rows.entries()) terminal.print(line(cells[at] ?? [], row));
}

interface Records<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly cells: readonly string[][];
  readonly available: number;
}

function printRecords<Row>(terminal: Terminal, records: Records<Row>): void {
  const { columns, rows, cells, available } = records;
  const labelWidth = Math.max(...columns.map(({ header }) => header.length));
  for (const [at, row] of rows.entries()) {
    if (at > 0) terminal.print("");
    for (const [place, { header, colour, cut }] of columns.entries()) {
      const text = cells[at]?.[place] ?? "";
      if (text === "") continue;
      const short = shorten(text, Math.max(1, available - labelWidth - 1), cut);
      const label = terminal.paint(pad(header, labelWidth), "grey");
      terminal.print(`${label} ${terminal.paint(short, colour?.(row))}`);
    }
  }
}

function oneLine(text: string): string {
  return cleaned(text.replace(/\s*[\r\n\t]+\s*/g, " "));
}

function naturalWidths<Row>(columns: readonly Column<Row>[], cells: readonly string[][]): number[] {
  return columns.map(({ header }, at) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[at] ?? "")), header.length),
  );
}

/** Takes what is too much from the last shrinkable columns first. */
function fitWidths<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  available: number | undefined,
): number[] {
  const widths = [...natural];
  if (available === undefined) return widths;
  let excess = lineWidth(widths) - available;
  for (let at = columns.length - 1; at >= 0 && excess > 0; at--) {
    const width = widths[at] ?? 0;
    const least = Math.min(width, columns[at]?.shrinkTo ?? width);
    const taken = Math.min(excess, width - least);
    widths[at] = width - taken;
    excess -= taken;
  }
  return widths;
}

/** With a space between each two. */
function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, widths.length - 1);
}
