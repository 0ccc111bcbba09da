import type { Fonts } from "../fonts.ts";
import type { Inline, LetterStyle } from "./label.ts";

export interface Fragment {
  readonly text: string;
  readonly style: LetterStyle;
  readonly width: number;
}

/** What stands on one line, in order. */
export type Line = readonly Fragment[];

/** Letters that no line may end between, and the space before them. */
interface Word {
  fragments: Fragment[];
  readonly space?: Fragment;
}

export interface BreakParams {
  readonly fonts: Fonts;
  /** Lines are no wider, unless one word is. */
  readonly width: number;
  readonly keepsSpaces: boolean;
}

/** Breaks a paragraph into lines, at spaces. */
export function breakLines(inlines: readonly Inline[], params: BreakParams): readonly Line[] {
  return wordsOf(inlines, params).flatMap((words) => filled(words, params.width));
}

/** The words of each line that was asked for. */
function wordsOf(inlines: readonly Inline[], { fonts, keepsSpaces }: BreakParams): Word[][] {
  const lines: Word[][] = [[]];
  let space: Fragment | undefined;
  let isOpen = false;
  const fragment = (text: string, style: LetterStyle): Fragment => {
    return { text, style, width: fonts.measure(text, style).width };
  };
  for (const inline of inlines) {
    if (!("style" in inline)) {
      lines.push([]);
      space = undefined;
      isOpen = false;
      continue;
    }
    for (const part of inline.text.split(keepsSpaces ? /( )/ : /([ \t\n\r\f]+)/)) {
      if (part === "") continue;
      if (/^[ \t\n\r\f]/.test(part)) {
        space ??= fragment(" ", inline.style);
        if (keepsSpaces && !isOpen) space = fragment(`${space.text} `, inline.style);
        isOpen = false;
        continue;
      }
      const words = lines.at(-1) ?? [];
      const last = words.at(-1);
      const piece = fragment(part, inline.style);
      if (isOpen && last !== undefined) last.fragments.push(piece);
      else if (space !== undefined && (words.length > 0 || keepsSpaces))
        words.push({ fragments: [piece], space });
      else words.push({ fragments: [piece] });
      space = undefined;
      isOpen = true;
    }
  }
  if (lines.length > 1 && lines.at(-1)?.length === 0) lines.pop();
  return lines;
}

function filled(words: readonly Word[], limit: number): Line[] {
  const lines: Fragment[][] = [[]];
  let width = 0;
  for (const { fragments, space } of words) {
    const own = widthOf(fragments);
    const withSpace = own + (space?.width ?? 0);
    const line = lines.at(-1) ?? [];
    if (line.length > 0 && width + withSpace > limit + 0.01) {
      lines.push([...fragments]);
      width = own;
    } else {
      line.push(...(space === undefined ? [] : [space]), ...fragments);
      width += withSpace;
    }
  }
  return lines.map(joined);
}

/** Neighbours of one look become one. */
function joined(line: Line): Line {
  const done: Fragment[] = [];
  for (const fragment of line) {
    const last = done.at(-1);
    if (last?.style !== fragment.style) done.push(fragment);
    else
      done[done.length - 1] = {
        ...last,
        text: last.text + fragment.text,
        width: last.width + fragment.width,
      };
  }
  return done;
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { width }) => sum + width, 0);
}
