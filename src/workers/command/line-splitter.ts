export interface Line {
  readonly text: string;
  /** How many characters were left out at its end. */
  readonly cut: number;
}

/**
 * Makes lines of a text that arrives in pieces. Holds at most one line of `maxLength`
 * characters, however long the line is. A lone carriage return ends a line too, so that
 * progress bars are seen as they move.
 */
export class LineSplitter {
  readonly #maxLength: number;
  #text = "";
  #cut = 0;
  #afterReturn = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  push(piece: string): Line[] {
    if (piece === "") return [];
    const fresh = this.#afterReturn && piece.startsWith("\n") ? piece.slice(1) : piece;
    this.#afterReturn = piece.endsWith("\r");
    const parts = fresh.split(/\r\n|\n|\r/);
    const rest = parts.pop() ?? "";
    const lines = parts.map((part) => this.#finish(part));
    this.#add(rest);
    return lines;
  }

  /** The line that had no end, if there is one. */
  end(): Line[] {
    return this.#text === "" ? [] : [this.#finish("")];
  }

  #finish(part: string): Line {
    this.#add(part);
    const line = { text: this.#text, cut: this.#cut };
    this.#text = "";
    this.#cut = 0;
    return line;
  }

  #add(part: string): void {
    const room = this.#maxLength - this.#text.length;
    this.#text += part.slice(0, room);
    this.#cut += Math.max(0, part.length - room);
  }
}
