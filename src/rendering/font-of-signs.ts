import opentype, { type Font } from "opentype.js";

export interface Sign {
  readonly character: string;
  /** That has it. */
  readonly font: Font;
}

const unitsPerEm = 1_000;
/** As wide as Arial's. */
const spaceWidth = 278;

/** A font with nothing but these signs, and the space that stands for what nobody sees. */
export function fontOfSigns(signs: readonly Sign[]): Uint8Array {
  const missing = glyph(".notdef", { advanceWidth: unitsPerEm / 2, path: new opentype.Path() });
  const space = glyph("space", {
    unicode: 32,
    advanceWidth: spaceWidth,
    path: new opentype.Path(),
  });
  const glyphs = signs.map(({ character, font }, at) => {
    const { advanceWidth = 0 } = font.charToGlyph(character);
    return glyph(`sign${at}`, {
      unicode: character.codePointAt(0) ?? 0,
      advanceWidth: Math.round((advanceWidth / font.unitsPerEm) * unitsPerEm),
      path: outlineOf(character, font),
    });
  });
  const font = new opentype.Font({
    ...{ familyName: "Signs", styleName: "Regular", unitsPerEm },
    ...{ ascender: 800, descender: -200, glyphs: [missing, space, ...glyphs] },
  });
  return new Uint8Array(font.toArrayBuffer());
}

function glyph(
  name: string,
  facts: { readonly unicode?: number; readonly advanceWidth: number; readonly path: opentype.Path },
) {
  return new opentype.Glyph({ name, ...facts });
}

/** As fonts have it, upwards; pictures have it downwards. */
function outlineOf(character: string, font: Font): opentype.Path {
  const path = font.charToGlyph(character).getPath(0, 0, unitsPerEm);
  for (const command of path.commands) {
    if ("y" in command) command.y = -command.y;
    if ("y1" in command) command.y1 = -command.y1;
    if ("y2" in command) command.y2 = -command.y2;
  }
  return path;
}
