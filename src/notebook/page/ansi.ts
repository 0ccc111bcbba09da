import { escapeHtml } from "./escape-html.ts";

interface Style {
  /** 0 to 15, as terminals number them. */
  readonly ink?: number;
  readonly ground?: number;
  readonly bold?: true;
  readonly italic?: true;
  readonly underline?: true;
}

const escapeCharacter = String.fromCharCode(27);
const bell = String.fromCharCode(7);
const sequence = new RegExp(
  `${escapeCharacter}(?:\\[([0-9;:]*)([@-~])|\\][^${bell}${escapeCharacter}]*(?:${bell}|${escapeCharacter}\\\\)|[@-Z^_])`,
  "g",
);

/** What a terminal would show: colours as classes, lines that were written over as they ended. */
export function ansiToHtml(text: string): string {
  const parts: string[] = [];
  let style: Style = {};
  let at = 0;
  const visible = overwritten(text.replaceAll("\r\n", "\n"));
  for (const found of visible.matchAll(sequence)) {
    parts.push(styled(visible.slice(at, found.index), style));
    at = found.index + found[0].length;
    if (found[2] === "m") style = restyled(style, found[1] ?? "");
  }
  parts.push(styled(visible.slice(at), style));
  return parts.join("");
}

/** The text alone. */
export function withoutAnsi(text: string): string {
  return text.replaceAll(sequence, "");
}

/** A carriage return starts its line anew, as bars of progress do. */
function overwritten(text: string): string {
  if (!text.includes("\r")) return text;
  const lines = text.split("\n").map((line) => {
    const versions = line.split("\r").filter((version) => version !== "");
    return versions.at(-1) ?? "";
  });
  return lines.join("\n");
}

function styled(text: string, { ink, ground, bold, italic, underline }: Style): string {
  if (text === "") return "";
  const classes = [
    ...(ink === undefined ? [] : [`ink-${ink}`]),
    ...(ground === undefined ? [] : [`ground-${ground}`]),
    ...(bold ? ["ansi-bold"] : []),
    ...(italic ? ["ansi-italic"] : []),
    ...(underline ? ["ansi-underline"] : []),
  ];
  const html = escapeHtml(text);
  return classes.length === 0 ? html : `<span class="${classes.join(" ")}">${html}</span>`;
}

function restyled(before: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let style = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes.slice(at + 1));
      style = { ...style, [code === 38 ? "ink" : "ground"]: colour };
      at += used;
    } else style = withCode(style, code);
  }
  return style;
}

function withCode(style: Style, code: number): Style {
  const { ink: _ink, ...inkless } = style;
  const { ground: _ground, ...groundless } = style;
  const { bold: _bold, ...thin } = style;
  const { italic: _italic, ...upright } = style;
  const { underline: _underline, ...plain } = style;
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4) return { ...style, underline: true };
  if (code === 22) return thin;
  if (code === 23) return upright;
  if (code === 24) return plain;
  if (code === 39) return inkless;
  if (code === 49) return groundless;
  if (code >= 30 && code <= 37) return { ...style, ink: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, ink: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, ground: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, ground: code - 92 };
  return style;
}

/** Colours beyond the sixteen become the nearest of them, which both themes can show. */
function extendedColour([mode, ...rest]: readonly number[]): { colour: number; used: number } {
  if (mode === 2) return { colour: nearest(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0), used: 4 };
  const index = rest[0] ?? 0;
  if (index < 16) return { colour: index, used: 2 };
  if (index > 231) {
    const grey = (index - 232) * 10 + 8;
    return { colour: nearest(grey, grey, grey), used: 2 };
  }
  const level = (value: number) => (value === 0 ? 0 : 55 + 40 * value);
  const cube = index - 16;
  const red = level(Math.floor(cube / 36));
  const green = level(Math.floor(cube / 6) % 6);
  return { colour: nearest(red, green, level(cube % 6)), used: 2 };
}

function nearest(red: number, green: number, blue: number): number {
  const strongest = Math.max(red, green, blue);
  if (strongest - Math.min(red, green, blue) < 40) {
    if (strongest < 64) return 0;
    return strongest < 160 ? 8 : strongest < 224 ? 7 : 15;
  }
  const bit = (value: number, weight: number) => (value > strongest * 0.6 ? weight : 0);
  return bit(red, 1) + bit(green, 2) + bit(blue, 4);
}
