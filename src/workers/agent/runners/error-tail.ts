const longest = 500;

/** The last lines that a program wrote to its standard error, each of them whole. */
export class ErrorTail {
  #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line.slice(0, longest));
    while (this.text.length > longest) this.#lines.shift();
  }

  get text(): string {
    return this.#lines.join("\n").trim();
  }

  get lastLine(): string {
    return this.text.split("\n").at(-1) ?? "";
  }
}
