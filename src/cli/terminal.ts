import { stripVTControlCharacters } from "node:util";
import type { TerminalWishes } from "../config/terminal-wishes.ts";
import { shorten } from "./present/width.ts";

export interface TerminalParams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly wishes: TerminalWishes;
  readonly json: boolean;
}

export type Colour = "red" | "green" | "yellow" | "blue" | "grey" | "bold";

const codes: Record<Colour, number> = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  grey: 90,
  bold: 1,
};

/** Where a command prints: results on stdout, everything about them on stderr. */
export class Terminal {
  readonly json: boolean;
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  readonly #wishes: TerminalWishes;
  #onOutputClosed = () => process.exit();
  #status = "";

  constructor({ stdout, stderr, wishes, json }: TerminalParams) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#wishes = wishes;
    stdout.on("error", (error) => this.#outputFailed(error));
    stderr.on("error", () => {});
  }

  /** A line of the result. */
  print(line: string): void {
    this.#aside(this.#stdout, () => this.#stdout.write(`${line}\n`));
  }

  /** One JSON document, on one line. */
  printJson(document: unknown): void {
    this.print(JSON.stringify(document));
  }

  /** A line for the person in front of it; never part of the result. */
  note(line: string): void {
    this.#aside(this.#stderr, () => this.#stderr.write(`${line}\n`));
  }

  /** Whether `status` shows anything. */
  get showsStatus(): boolean {
    return Boolean(this.#stderr.isTTY) && !this.#wishes.isDumb && !this.json;
  }

  /** The last line of a terminal, below all others; each call replaces it. */
  status(line: string | undefined): void {
    if (!this.showsStatus) return;
    const text = shorten(line ?? "", this.#columnsOf(this.#stderr) - 1);
    if (text === this.#status) return;
    this.#status = text;
    this.#stderr.write(`\r\u001b[K${text}`);
  }

  /** A note that a program which reads JSON has no use for. */
  hint(line: string): void {
    if (!this.json) this.note(line);
  }

  /** What to do when nobody reads stdout any more, instead of leaving at once. */
  onOutputClosed(action: () => void): void {
    this.#onOutputClosed = action as () => never;
  }

  /** Columns to fit into; `undefined` when stdout is no terminal: then nothing is shortened. */
  get columns(): number | undefined {
    return this.#stdout.isTTY ? this.#columnsOf(this.#stdout) : undefined;
  }

  /** A terminal that does not know its size says 0. */
  #columnsOf({ columns }: NodeJS.WriteStream): number {
    return this.#wishes.columns ?? (columns || 80);
  }

  /** Whether stdout is painted: on a terminal or by force, and never against a flag. */
  get hasColours(): boolean {
    const { noColor, forceColor = false } = this.#wishes;
    return !noColor && (forceColor || this.#stdout.isTTY === true);
  }

  /** Whether it shows ASCII only. */
  get isAscii(): boolean {
    return this.#wishes.isAscii ?? false;
  }

  /** A screen to draw on, with keys; `undefined` when there is none. */
  get screen() {
    const { stdin } = process;
    const isScreen = stdin.isTTY && this.#stdout.isTTY && !this.#wishes.isDumb;
    return isScreen ? { input: stdin, output: this.#stdout } : undefined;
  }

  get interactive(): boolean {
    return Boolean(process.stdin.isTTY && this.#stderr.isTTY);
  }

  paint(text: string, colour: Colour | undefined): string {
    if (!colour || !this.hasColours) return text;
    return `\u001b[${codes[colour]}m${text}\u001b[0m`;
  }

  /** Output of a program: on a terminal it must not move the cursor or worse. */
  harmless(text: string): string {
    return this.#stdout.isTTY ? cleaned(text) : text;
  }

  /** Other lines go above the status. */
  #aside(stream: NodeJS.WriteStream, write: () => void): void {
    const status = stream.isTTY ? this.#status : "";
    if (status !== "") this.#stderr.write("\r\u001b[K");
    write();
    if (status !== "") this.#stderr.write(status);
  }

  #outputFailed(error: NodeJS.ErrnoException): void {
    // EIO: the terminal itself is gone.
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    this.#onOutputClosed();
  }
}

/** Without control characters and escape sequences. */
export function cleaned(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
