import type { Fonts } from "../../rendering/fonts.ts";
import type { Block, LetterStyle, Mark } from "../../rendering/html-label/label.ts";
import { labelSvg } from "../../rendering/html-label/label-svg.ts";
import { layOut, moved } from "../../rendering/html-label/lay-out-label.ts";
import { type LabelNode, readLabel } from "../../rendering/html-label/read-label.ts";
import type { CanvasState } from "./engine-types.ts";

/** A label as the engine asks for it: at a point that its alignment explains. */
export interface LabelWish {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly content: LabelNode;
  readonly align: string;
  readonly valign: string;
  readonly wraps: boolean;
  readonly overflow: string | null;
  readonly clips: boolean;
  readonly rotation: number;
  readonly state: CanvasState;
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface DrawnLabel {
  readonly svg: string;
  /** What it covers, in units of the picture. */
  readonly covers: Rectangle | undefined;
}

/** Lays a label out as the engine would have a browser do, and draws it. */
export function drawLabel(wish: LabelWish, fonts: Fonts): DrawnLabel {
  const { state, rotation } = wish;
  const marks = marksOf(wish, fonts);
  const x = (wish.x + state.dx) * state.scale;
  const y = (wish.y + state.dy) * state.scale;
  const turn = rotation + state.rotation;
  const transform = [
    `translate(${short(x)} ${short(y)})`,
    turn === 0 ? "" : ` rotate(${short(turn)})`,
    state.scale === 1 ? "" : ` scale(${short(state.scale)})`,
  ].join("");
  const opacity = state.alpha < 1 ? ` opacity="${short(state.alpha)}"` : "";
  return {
    svg: `<g transform="${transform}"${opacity}>${labelSvg(marks)}</g>`,
    covers: coveredBy(marks, { x, y, turn, scale: state.scale }, fonts),
  };
}

function marksOf(wish: LabelWish, fonts: Fonts): readonly Mark[] {
  const style = styleOf(wish.state);
  const align = wish.align === "left" || wish.align === "right" ? wish.align : "center";
  const blocks = readLabel(wish.content, { style, align, wraps: wish.wraps, keepsSpaces: false });
  const { width, room } = widthOf(wish);
  const laid = fitting(blocks, room, fonts);
  const boxWidth = Math.max(laid.width, Number.isFinite(room) ? width : 0);
  const height =
    wish.overflow === "fill"
      ? wish.height
      : wish.clips && wish.height > 0
        ? Math.min(wish.height, laid.height)
        : laid.height;
  const left = align === "left" ? 0 : align === "right" ? -boxWidth : -boxWidth / 2;
  const top = wish.valign === "top" ? 0 : wish.valign === "bottom" ? -height : -height / 2;
  const placed = moved(laid.marks, left, top);
  return [...backgroundOf(wish.state, { placed, top, height }), ...placed];
}

/** The engine's boxes are 2 wider than it says; those that fill their shape are not. */
function widthOf({ width, wraps, overflow }: LabelWish) {
  const fills = overflow === "fill" || overflow === "width" || overflow === "block";
  if (fills) return { width, room: width };
  return wraps && width > 0 ? { width: width + 2, room: width + 2 } : { width, room: Infinity };
}

/** A word that is too long widens its label to both sides. */
function fitting(blocks: readonly Block[], room: number, fonts: Fonts) {
  const laid = layOut(blocks, room, fonts);
  return laid.width > room + 0.01 ? layOut(blocks, laid.width, fonts) : laid;
}

interface BackgroundParams {
  readonly placed: readonly Mark[];
  readonly top: number;
  readonly height: number;
}

function backgroundOf(state: CanvasState, { placed, top, height }: BackgroundParams): Mark[] {
  const fill = state.fontBackgroundColor;
  const stroke = state.fontBorderColor;
  if (placed.length === 0 || (!fill && !stroke)) return [];
  const x = Math.min(...placed.map((mark) => mark.x));
  const right = Math.max(...placed.map((mark) => mark.x + mark.width));
  return [
    {
      ...{ kind: "rectangle", x, y: top, width: right - x, height },
      ...(fill && { fill }),
      ...(stroke && { stroke }),
    },
  ];
}

const bits = { bold: 1, italic: 2, underline: 4, strike: 8 };

function styleOf({ fontSize, fontFamily, fontColor, fontStyle }: CanvasState): LetterStyle {
  const has = (bit: number) => (Number(fontStyle) & bit) === bit;
  return {
    family: fontFamily,
    size: Number(fontSize),
    bold: has(bits.bold),
    italic: has(bits.italic),
    underline: has(bits.underline),
    strike: has(bits.strike),
    colour: fontColor && fontColor !== "default" ? fontColor : "#000000",
    raised: 0,
    lineHeight: 1.2,
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly turn: number;
  readonly scale: number;
}

function coveredBy(marks: readonly Mark[], place: Place, fonts: Fonts): Rectangle | undefined {
  if (marks.length === 0) return undefined;
  const angle = (place.turn * Math.PI) / 180;
  const corners = marks.flatMap((mark) => {
    const { top, bottom } = spanOf(mark, fonts);
    return [mark.x, mark.x + mark.width].flatMap((x) =>
      [top, bottom].map((y) => ({
        x: place.x + place.scale * (x * Math.cos(angle) - y * Math.sin(angle)),
        y: place.y + place.scale * (x * Math.sin(angle) + y * Math.cos(angle)),
      })),
    );
  });
  return {
    left: Math.min(...corners.map(({ x }) => x)),
    right: Math.max(...corners.map(({ x }) => x)),
    top: Math.min(...corners.map(({ y }) => y)),
    bottom: Math.max(...corners.map(({ y }) => y)),
  };
}

function spanOf(mark: Mark, fonts: Fonts): { readonly top: number; readonly bottom: number } {
  if (mark.kind === "rectangle") return { top: mark.y, bottom: mark.y + mark.height };
  const { ascent, descent } = fonts.measure("", mark.style);
  return { top: mark.y - ascent, bottom: mark.y + descent };
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
