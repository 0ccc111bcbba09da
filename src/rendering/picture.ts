import { basename } from "node:path";

/** What an engine has drawn, ready to be written. */
export interface Picture {
  readonly content: string | Uint8Array;
  /** Of SVG in units of the drawing, of PNG in pixels. */
  readonly width: number;
  readonly height: number;
  /** Letters in it that our fonts do not have, and that are boxes in PNG. */
  readonly unknownLetters?: readonly string[];
}

export function svgPicture(svg: string): Picture {
  const [root = ""] = /<svg\b[^>]*>/.exec(svg) ?? [];
  const size = (name: string) => Number(new RegExp(`\\s${name}="([\\d.]+)`).exec(root)?.[1] ?? 0);
  return { content: svg, width: size("width"), height: size("height") };
}

export function pngPicture(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { content: bytes, width: view.getUint32(16), height: view.getUint32(20) };
}

export interface DrawnPicture {
  readonly path: string;
  readonly picture: Picture;
}

/** What whoever drew it should know; `otherTool` has all fonts of the machine. */
export function warningsOf(
  { path, picture: { unknownLetters = [] } }: DrawnPicture,
  otherTool: string,
): readonly string[] {
  if (unknownLetters.length === 0) return [];
  const shown = unknownLetters.slice(0, 20).join(" ");
  return [
    `${basename(path)} has boxes for letters that the fonts of clx do not have: ${shown}; an SVG shows them, and so does ${otherTool}`,
  ];
}
