/**
 * Lines of programs have escape codes for terminals. Colours and weights become names of classes;
 * every other code and control character is left out, so that nothing of it reaches a page.
 */
export interface StyledText {
  readonly text: string;
  /** Empty for plain text. */
  readonly classes: readonly string[];
}

const colourNames = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
] as const;

interface Style {
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
  readonly front?: string;
  readonly back?: string;
}

// Control sequences; strings for the terminal (titles, links) with their end; single escapes.
const escapeCode =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /(?:\u001b\[|\u009b)([0-9:;<=>?]*)[ -/]*([@-~])|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const controlCharacter = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
/** Would write the rest of a line from right to left and so disguise it. */
const directionMark = /[\u202a-\u202e\u2066-\u2069]/g;

export function readAnsi(line: string): StyledText[] {
  const visible = line.replace(/\r+$/, "").replace(/^.*\r(?!$)/s, "");
  const pieces: StyledText[] = [];
  let style: Style = {};
  let from = 0;
  for (const code of visible.matchAll(escapeCode)) {
    add(pieces, visible.slice(from, code.index), style);
    if (code[2] === "m") style = restyled(style, code[1] ?? "");
    from = code.index + code[0].length;
  }
  add(pieces, visible.slice(from), style);
  return pieces;
}

/** The same without any style. */
export function withoutAnsi(line: string): string {
  return readAnsi(line)
    .map(({ text }) => text)
    .join("");
}

function add(pieces: StyledText[], raw: string, style: Style): void {
  const text = raw.replaceAll(controlCharacter, "").replaceAll(directionMark, "\ufffd");
  if (text !== "") pieces.push({ text, classes: classesOf(style) });
}

function classesOf({ front, back, ...flags }: Style): string[] {
  const on = Object.entries(flags).flatMap(([name, isOn]) => (isOn ? [`ansi-${name}`] : []));
  return [...on, ...(front ? [`ansi-${front}`] : []), ...(back ? [`ansi-on-${back}`] : [])];
}

const flagCodes: Readonly<Record<number, Partial<Style>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
};

function restyled(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let now = style;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) now = {};
    else if (code === 38 || code === 48) {
      const { name, used } = extendedColour(codes.slice(at + 1));
      if (name !== undefined) now = { ...now, [code === 38 ? "front" : "back"]: name };
      at += used;
    } else now = { ...now, ...flagCodes[code], ...plainColour(code) };
  }
  return now;
}

function plainColour(code: number): { front?: string; back?: string } {
  const name = colourNames[code % 10];
  if (code === 39) return { front: "" };
  if (code === 49) return { back: "" };
  if (name === undefined) return {};
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { front: name };
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return { back: name };
  return {};
}

/** Colours of the large palettes become the nearest of the eight. */
function extendedColour([kind, ...rest]: readonly number[]): { name?: string; used: number } {
  if (kind === 5) return { ...named(fromPalette(rest[0] ?? 0)), used: 2 };
  if (kind === 2) return { ...named(nearest(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0)), used: 4 };
  return { used: 1 };
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}

function fromPalette(index: number): string | undefined {
  if (index < 16) return colourNames[index % 8];
  if (index >= 232) return index < 244 ? "black" : "white";
  const cube = index - 16;
  return nearest(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51);
}

function nearest(red: number, green: number, blue: number): string | undefined {
  const half = Math.max(red, green, blue) / 2;
  if (half < 32) return "black";
  return colourNames[(red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0)];
}
