import { widthOf } from "../../src/cli/present/width.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: codes begin with one
const pieces = /\u001b\[([\d;?]*)(\w)|([^\u001b]+)/g;

/**
 * A terminal on paper: it knows the few codes that the monitor draws with, and nothing else.
 * `faulty` takes some characters for another width than we do, as terminals will.
 */
export class Paper {
  readonly #cells: string[][];
  readonly #faulty: boolean;
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number, { faulty = false } = {}) {
    this.#cells = Array.from({ length: rows }, () => Array<string>(columns).fill(" "));
    this.#faulty = faulty;
  }

  write(output: string): void {
    for (const [, codes = "", letter, text] of output.matchAll(pieces)) {
      if (text !== undefined) this.#print(text);
      else this.#obey(letter ?? "", codes.split(";").map(Number));
    }
  }

  get text(): string {
    return this.#cells.map((row) => row.join("").trimEnd()).join("\n");
  }

  #obey(letter: string, [first = 1, second = 1]: number[]): void {
    if (letter === "H") this.#row = first - 1;
    if (letter === "H") this.#column = second - 1;
    if (letter === "G") this.#column = first - 1;
    if (!"HGm".includes(letter)) throw new Error(`unknown code ${letter}`);
  }

  #print(text: string): void {
    const row = this.#cells[this.#row];
    if (row === undefined) throw new Error("below the last row");
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const width = widthOf(segment);
      if (this.#column + width > row.length) throw new Error("past the right edge");
      row[this.#column] = segment;
      if (width === 2) row[this.#column + 1] = "";
      this.#column += this.#faulty && segment > "\u007f" ? 1 : width;
    }
  }
}
