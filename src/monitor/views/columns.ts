import { pad, shorten } from "../../cli/present/width.ts";
import { cleaned } from "../../cli/terminal.ts";
import type { Line, Span } from "../terminal/line.ts";

export interface TableColumn<Row> {
  readonly header: string;
  /** Absent for the one that takes what is left. */
  readonly width?: number;
  readonly align?: "left" | "right";
  readonly cut?: "end" | "middle";
  /** Shown on screens of at least so many columns. */
  readonly from?: number;
  /** Shown on screens of at most so many columns. */
  readonly to?: number;
  readonly cell: (row: Row) => Span | string;
}

export interface Table<Row> {
  readonly head: Line;
  readonly line: (row: Row) => Line;
}

/** Room at the left for what tells chosen and marked rows. */
export const margin = 3;

/** Columns with a blank between them, together as wide as the screen. */
export function layTable<Row>(all: readonly TableColumn<Row>[], columns: number): Table<Row> {
  const shown = all.filter(({ from = 0, to = columns }) => columns >= from && columns <= to);
  const fixed = shown.reduce((sum, { width = 0 }) => sum + width + 1, margin);
  const widthOf = ({ width }: TableColumn<Row>) => width ?? Math.max(4, columns - fixed);
  const squeeze = (text: string, column: TableColumn<Row>) => {
    const width = widthOf(column);
    return `${pad(shorten(oneLine(text), width, column.cut), width, column.align)} `;
  };
  return {
    head: [
      { text: " ".repeat(margin) },
      ...shown.map((column): Span => ({ text: squeeze(column.header, column), colour: "grey" })),
    ],
    line: (row) =>
      shown.map((column) => {
        const cell = column.cell(row);
        const span = typeof cell === "string" ? { text: cell } : cell;
        return { ...span, text: squeeze(span.text, column) };
      }),
  };
}

function oneLine(text: string): string {
  return cleaned(text.replaceAll(/\s+/g, " ").trim());
}
