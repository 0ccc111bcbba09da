import { widthOf } from "./width.ts";

export interface WrapParams {
  /** Columns to fit into; `undefined`: all on one line. */
  readonly width: number | undefined;
  /** What the first line begins with, and what the others do. */
  readonly first?: string;
  readonly rest?: string;
}

/** The words of a text on as many lines as they need. A word that is too long is not cut. */
export function wrap(text: string, { width, first = "", rest = "" }: WrapParams): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (width !== undefined && !isEmpty && widthOf(longer) > width) {
      lines.push(line);
      line = rest + word;
    } else {
      line = longer;
    }
    isEmpty = false;
  }
  return [...lines, line];
}
