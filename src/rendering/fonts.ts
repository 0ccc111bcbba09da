import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import opentype, { type Font } from "opentype.js";
import { fontOfSigns } from "./font-of-signs.ts";

export interface TextStyle {
  /** As SVG and CSS have it: one name, or several with commas between them. */
  readonly family: string;
  /** In pixels. */
  readonly size: number;
  readonly bold: boolean;
  readonly italic: boolean;
}

export interface TextSize {
  readonly width: number;
  /** Above the line that letters stand on. */
  readonly ascent: number;
  /** Below it. */
  readonly descent: number;
}

/**
 * The fonts that diagrams are drawn with, on every machine the same.
 *
 * Arimo and Cousine are as wide, letter by letter, as Arial and Courier New: a picture that was
 * laid out with them fits its boxes too where a reader's program takes one of those instead.
 */
const fontFiles = {
  sans: "@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf",
  sansBold: "@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf",
  sansItalic: "@expo-google-fonts/arimo/400Regular_Italic/Arimo_400Regular_Italic.ttf",
  sansBoldItalic: "@expo-google-fonts/arimo/700Bold_Italic/Arimo_700Bold_Italic.ttf",
  mono: "@expo-google-fonts/cousine/400Regular/Cousine_400Regular.ttf",
  monoBold: "@expo-google-fonts/cousine/700Bold/Cousine_700Bold.ttf",
  monoItalic: "@expo-google-fonts/cousine/400Regular_Italic/Cousine_400Regular_Italic.ttf",
  monoBoldItalic: "@expo-google-fonts/cousine/700Bold_Italic/Cousine_700Bold_Italic.ttf",
} as const;

/** For signs that those do not have, in the order in which they are asked. */
const signFiles = {
  math: "@expo-google-fonts/noto-sans-math/400Regular/NotoSansMath_400Regular.ttf",
  symbols: "@expo-google-fonts/noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf",
  emoji: "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
} as const;

type Face = keyof typeof fontFiles;
type SignFace = keyof typeof signFiles;

const signFaces = Object.keys(signFiles) as SignFace[];
const files: Readonly<Record<Face | SignFace, string>> = { ...fontFiles, ...signFiles };

/** What an SVG names, so that a reader without our fonts gets others of the same widths. */
export const sansFamilies = "Arimo, 'Liberation Sans', Arial, Helvetica, sans-serif";
export const monoFamilies = "Cousine, 'Liberation Mono', 'Courier New', Courier, monospace";

export class Fonts {
  readonly #fonts = new Map<Face | SignFace, Font>();
  readonly #files = new Map<Face | SignFace, Buffer>();

  /** Of the faces that a drawing uses: each has to be read for each picture. */
  filesFor(svg: string): readonly Uint8Array[] {
    const isUsed = {
      Bold: /font-weight\s*[=:]\s*"?(bold|[6-9]00)/.test(svg),
      Italic: /font-style\s*[=:]\s*"?(italic|oblique)/.test(svg),
      mono: /font-family\s*[=:][^;>]*(mono|courier|cousine)/i.test(svg),
    };
    const letters = (Object.keys(fontFiles) as Face[]).filter((face) =>
      Object.entries(isUsed).every(([part, used]) => used || !face.includes(part)),
    );
    const signs = this.#signsIn(svg);
    return [...letters.map((face) => this.#file(face)), ...(signs === undefined ? [] : [signs])];
  }

  measure(text: string, style: TextStyle): TextSize {
    const font = this.#font(faceOf(style));
    const scale = style.size / font.unitsPerEm;
    let units = 0;
    for (const character of spelt(text)) units += this.#advanceOf(character, font);
    return {
      width: units * scale,
      ascent: font.ascender * scale,
      descent: -font.descender * scale,
    };
  }

  /** Of a text, the characters that our fonts do not have; readers take them from others. */
  missing(text: string): readonly string[] {
    return [...new Set(text)].filter(
      (character) =>
        !this.#has("sans", character) &&
        this.#signFaceOf(character) === undefined &&
        !/\s|\p{C}|\p{Variation_Selector}/u.test(character),
    );
  }

  /**
   * A font of these signs alone: where one of ours has all letters of a line, the line is drawn
   * with it, letters included, and is not as wide as it was measured.
   */
  #signsIn(svg: string): Uint8Array | undefined {
    const signs = [...new Set(svg)].flatMap((character) => {
      const face = this.#signFaceOf(character);
      return face === undefined ? [] : [{ character, font: this.#font(face) }];
    });
    return signs.length === 0 ? undefined : fontOfSigns(signs);
  }

  /** The font that draws a sign for which there is no letter. */
  #signFaceOf(character: string): SignFace | undefined {
    if (character <= "\u{7f}" || this.#has("sans", character)) return undefined;
    return signFaces.find((face) => this.#has(face, character));
  }

  #has(face: Face | SignFace, character: string): boolean {
    return this.#font(face).charToGlyphIndex(character) !== 0;
  }

  /** In units of the font, whichever draws it. */
  #advanceOf(character: string, font: Font): number {
    const glyph = font.charToGlyph(character);
    if (glyph.index !== 0) return glyph.advanceWidth ?? 0;
    if (/\p{M}|\p{Cf}/u.test(character)) return 0;
    const face = this.#signFaceOf(character);
    if (face === undefined) return font.unitsPerEm * (isWide(character) ? 1 : 0.75);
    const sign = this.#font(face);
    return ((sign.charToGlyph(character).advanceWidth ?? 0) / sign.unitsPerEm) * font.unitsPerEm;
  }

  #font(face: Face | SignFace): Font {
    const known = this.#fonts.get(face);
    if (known !== undefined) return known;
    const { buffer, byteOffset, byteLength } = this.#file(face);
    const font = opentype.parse(buffer.slice(byteOffset, byteOffset + byteLength));
    this.#fonts.set(face, font);
    return font;
  }

  #file(face: Face | SignFace): Buffer {
    const known = this.#files.get(face);
    if (known !== undefined) return known;
    const file = readFileSync(fileURLToPath(import.meta.resolve(files[face])));
    this.#files.set(face, file);
    return file;
  }
}

/** Without the signs for true, false and null that diagrams have and few fonts. */
export function spelt(text: string): string {
  return text.replace(/^\u2400$/, "null").replace(/^[\u2610\u2611] (?=true$|false$)/, "");
}

/** What characters that no font of ours has mostly take. */
function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u.test(
    character,
  );
}

export function isMonospaced(family: string): boolean {
  return /mono|courier|consol|menlo|cousine/i.test(family);
}

function faceOf({ family, bold, italic }: TextStyle): Face {
  const style = `${bold ? "Bold" : ""}${italic ? "Italic" : ""}` as const;
  return `${isMonospaced(family) ? "mono" : "sans"}${style}`;
}

/** `italic bold 14px sans-serif`, as a canvas has it. */
export function readCssFont(css: string): TextStyle {
  const size = /(\d+(?:\.\d+)?)(px|pt)/.exec(css);
  const pixels = Number(size?.[1] ?? 12) * (size?.[2] === "pt" ? 4 / 3 : 1);
  return {
    family: css.slice((size?.index ?? 0) + (size?.[0].length ?? 0)).trim(),
    size: pixels,
    bold: isBold(css.slice(0, size?.index)),
    italic: /italic|oblique/i.test(css),
  };
}

export function isBold(weight: string): boolean {
  return /\bbold|\b[6-9]00\b/i.test(weight);
}
