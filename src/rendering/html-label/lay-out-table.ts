import type { Fonts } from "../fonts.ts";
import type { Block, Cell, LaidOut, Mark } from "./label.ts";

type Table = Extract<Block, { kind: "table" }>;

export interface TableParams {
  readonly width: number;
  readonly fonts: Fonts;
  layOutBlock(block: Block, width: number, fonts: Fonts): LaidOut;
  naturalWidth(block: Block, fonts: Fonts): number;
}

/** Columns as wide as what is in them, made narrower in proportion where there is less room. */
export function layOutTable(table: Table, params: TableParams): LaidOut {
  const { fonts, layOutBlock } = params;
  const columns = columnsOf(table, params);
  const total = (from: number, count: number) =>
    columns.slice(from, from + count).reduce((sum, width) => sum + width, 0) +
    (count - 1) * table.gap;
  const marks: Mark[] = [];
  let y = table.gap;
  for (const row of table.rows) {
    let at = 0;
    let x = table.gap;
    const cells = row.map((cell) => {
      const width = total(at, cell.columns);
      const placed = { x, width, cell, laid: layOutBlock(cell.block, width, fonts) };
      at += cell.columns;
      x += width + table.gap;
      return placed;
    });
    const height = Math.max(0, ...cells.map(({ laid }) => laid.height));
    for (const { x: left, width, cell, laid } of cells) {
      marks.push(...centred({ cell, laid, width, height }).map((mark) => shift(mark, left, y)));
    }
    y += height + table.gap;
  }
  return { width: total(0, columns.length) + 2 * table.gap, height: y, marks };
}

function columnsOf(table: Table, { width, fonts, naturalWidth }: TableParams): number[] {
  const count = Math.max(0, ...table.rows.map((row) => spanOf(row)));
  const natural = Array.from({ length: count }, () => 0);
  for (const row of table.rows) {
    let at = 0;
    for (const { block, columns } of row) {
      const own = naturalWidth(block, fonts) / columns;
      for (let column = at; column < at + columns; column++)
        natural[column] = Math.max(natural[column] ?? 0, own);
      at += columns;
    }
  }
  const room = width - (count + 1) * table.gap;
  const wish = natural.reduce((sum, one) => sum + one, 0);
  const wanted = typeof table.width === "number" ? table.width - (count + 1) * table.gap : room;
  const isStretched = table.width !== undefined && Number.isFinite(wanted);
  if (wish === 0 || (wish <= room && !isStretched)) return natural;
  const factor = (isStretched ? wanted : room) / wish;
  return natural.map((one) => one * factor);
}

function spanOf(row: readonly Cell[]): number {
  return row.reduce((sum, { columns }) => sum + columns, 0);
}

interface CellPlace {
  readonly cell: Cell;
  readonly laid: LaidOut;
  readonly width: number;
  readonly height: number;
}

/** Its frame as high as the row, its text in the middle of it. */
function centred({ cell, laid, width, height }: CellPlace): Mark[] {
  const isFrame = (mark: Mark, at: number) =>
    at === 0 && mark.kind === "rectangle" && cell.block.kind === "box";
  return laid.marks.map((mark, at) =>
    isFrame(mark, at) && "height" in mark
      ? { ...mark, width, height }
      : shift(mark, 0, (height - laid.height) / 2),
  );
}

function shift(mark: Mark, dx: number, dy: number): Mark {
  return { ...mark, x: mark.x + dx, y: mark.y + dy };
}
