/** Keeps the last lines of an output, up to a number of characters. */
export class LogTail {
  readonly #limit: number;
  #lines: string[] = [];
  #length = 0;

  constructor(limit = 1_000) {
    this.#limit = limit;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
    if (this.#length > 4 * this.#limit) {
      this.#lines = [this.text];
      this.#length = this.text.length + 1;
    }
  }

  get text(): string {
    return this.#lines.join("\n").slice(-this.#limit);
  }
}
