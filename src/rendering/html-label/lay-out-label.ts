import type { Fonts } from "../fonts.ts";
import { breakLines, type Line, widthOf } from "./break-lines.ts";
import type { Block, LaidOut, LetterStyle, Mark } from "./label.ts";
import { layOutTable } from "./lay-out-table.ts";

/** Lays blocks out below one another, within a width; `Infinity` lets each line be as it is. */
export function layOut(blocks: readonly Block[], width: number, fonts: Fonts): LaidOut {
  const natural = Math.max(0, ...blocks.map((block) => naturalWidth(block, fonts)));
  const own = Number.isFinite(width) ? width : natural;
  return stacked(blocks, own, fonts);
}

/** As wide as its longest line that nobody breaks. */
export function naturalWidth(block: Block, fonts: Fonts): number {
  switch (block.kind) {
    case "rule":
      return 0;
    case "paragraph":
      return Math.max(0, ...linesOf(block, Infinity, fonts).map(widthOf));
    case "box": {
      const { margin, padding, width } = block;
      const sides = margin.left + margin.right + padding.left + padding.right;
      const inner = Math.max(0, ...block.blocks.map((one) => naturalWidth(one, fonts)));
      return sides + (width ?? inner);
    }
    case "table":
      return layOutTable(block, { width: Infinity, fonts, layOutBlock, naturalWidth }).width;
  }
}

/** The marks of one block, and how much room it takes. */
function layOutBlock(block: Block, width: number, fonts: Fonts): LaidOut {
  switch (block.kind) {
    case "rule":
      return {
        width,
        height: 1 + 2 * block.margin,
        marks: [{ kind: "rectangle", x: 0, y: block.margin, width, height: 1, fill: block.colour }],
      };
    case "paragraph":
      return paragraph(block, width, fonts);
    case "box":
      return box(block, width, fonts);
    case "table":
      return layOutTable(block, { width, fonts, layOutBlock, naturalWidth });
  }
}

function stacked(blocks: readonly Block[], width: number, fonts: Fonts): LaidOut {
  const marks: Mark[] = [];
  let height = 0;
  let widest = width;
  let marginBefore = 0;
  for (const [at, block] of blocks.entries()) {
    const margin = block.kind === "box" ? block.margin : { top: 0, bottom: 0 };
    if (at > 0) height -= Math.min(marginBefore, margin.top);
    const laid = layOutBlock(block, width, fonts);
    marks.push(...moved(laid.marks, 0, height));
    height += laid.height;
    widest = Math.max(widest, laid.width);
    marginBefore = margin.bottom;
  }
  return { width: widest, height, marks };
}

function box(block: Extract<Block, { kind: "box" }>, width: number, fonts: Fonts): LaidOut {
  const { margin, padding, marker } = block;
  const outer = block.width ?? width - margin.left - margin.right;
  const inner = stacked(block.blocks, outer - padding.left - padding.right, fonts);
  const height = Math.max(inner.height + padding.top + padding.bottom, block.height ?? 0);
  const marks: Mark[] = [];
  if (block.background !== undefined || block.border !== undefined) {
    marks.push({
      ...{ kind: "rectangle", x: margin.left, y: margin.top, width: outer, height },
      ...(block.background !== undefined && { fill: block.background }),
      ...(block.border !== undefined && { stroke: block.border }),
    });
  }
  const left = margin.left + padding.left;
  const top = margin.top + padding.top;
  const content = moved(inner.marks, left, top);
  const first = content.find(({ kind }) => kind === "text");
  if (marker !== undefined && first !== undefined) {
    const markerWidth = fonts.measure(marker.text, marker.style).width;
    marks.push({
      ...{ kind: "text", x: left - markerWidth - 6, y: first.y },
      ...{ width: markerWidth, ...marker },
    });
  }
  return {
    width: Math.max(width, inner.width + left + padding.right + margin.right),
    height: height + margin.top + margin.bottom,
    marks: [...marks, ...content],
  };
}

type Paragraph = Extract<Block, { kind: "paragraph" }>;

function linesOf(block: Paragraph, width: number, fonts: Fonts): readonly Line[] {
  const limit = block.wraps ? width : Infinity;
  return breakLines(block.inlines, { fonts, width: limit, keepsSpaces: block.keepsSpaces });
}

function paragraph(block: Paragraph, width: number, fonts: Fonts): LaidOut {
  const marks: Mark[] = [];
  let height = 0;
  let widest = width;
  for (const line of linesOf(block, width, fonts)) {
    const lineWidth = widthOf(line);
    widest = Math.max(widest, lineWidth);
    const { above, below } = roomOf([block.style, ...line.map(({ style }) => style)], fonts);
    let x = startOf(block.align, width, lineWidth);
    for (const { text, style, width: own } of line) {
      const y = height + above - style.raised;
      marks.push(...backgroundOf({ x, y, width: own, style }, fonts));
      marks.push({ kind: "text", x, y, width: own, text, style });
      x += own;
    }
    height += above + below;
  }
  return { width: widest, height, marks };
}

/** A line that is wider than its room sticks out at its end, as in a browser. */
function startOf(align: Paragraph["align"], width: number, lineWidth: number): number {
  const free = Math.max(0, width - lineWidth);
  if (align === "left") return 0;
  return align === "right" ? free : free / 2;
}

/** As CSS has it: the difference to the line's height is halved above and below the letters. */
function roomOf(styles: readonly LetterStyle[], fonts: Fonts) {
  let above = 0;
  let below = 0;
  for (const style of styles) {
    const { ascent, descent } = fonts.measure("", style);
    const leading = style.size * style.lineHeight - ascent - descent;
    above = Math.max(above, ascent + leading / 2 + style.raised);
    below = Math.max(below, descent + leading / 2 - style.raised);
  }
  return { above, below };
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly style: LetterStyle;
}

function backgroundOf({ x, y, width, style }: Placed, fonts: Fonts): Mark[] {
  if (style.background === undefined) return [];
  const { ascent, descent } = fonts.measure("", style);
  const fill = style.background;
  return [{ kind: "rectangle", x, y: y - ascent, width, height: ascent + descent, fill }];
}

export function moved(marks: readonly Mark[], dx: number, dy: number): Mark[] {
  return marks.map((mark) => ({ ...mark, x: mark.x + dx, y: mark.y + dy }));
}
