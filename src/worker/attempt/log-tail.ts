const maxCharacters = 1_000;
/** A UTF-16 unit takes at most three, and the end of the line is there too; a multiple of 8. */
const maxBytes = 3_008;
const counterBytes = 8;

/**
 * The end of what an attempt has logged.
 *
 * It may lie in memory that other threads see, so that the lines written before the event loop
 * was blocked for good are known to whoever ends that. Bytes go round in a ring; a counter tells
 * how many there have been.
 */
export class LogTail {
  static readonly size = counterBytes + maxBytes;
  readonly #counter: Float64Array;
  readonly #ring: Uint8Array;

  constructor(memory: ArrayBufferLike = new ArrayBuffer(LogTail.size), offset = 0) {
    this.#counter = new Float64Array(memory, offset, 1);
    this.#ring = new Uint8Array(memory, offset + counterBytes, maxBytes);
  }

  clear(): void {
    this.#counter[0] = 0;
  }

  add(line: string): void {
    const bytes = Buffer.from(`${line.slice(-maxCharacters)}\n`);
    const count = this.#counter[0] ?? 0;
    const at = count % maxBytes;
    const fitting = bytes.subarray(0, maxBytes - at);
    this.#ring.set(fitting, at);
    this.#ring.set(bytes.subarray(fitting.length), 0);
    this.#counter[0] = count + bytes.length;
  }

  /** The last lines, at most 1,000 characters. */
  read(): string {
    const count = this.#counter[0] ?? 0;
    const at = count % maxBytes;
    const latest = Buffer.from(this.#ring.subarray(0, at));
    const bytes = count < maxBytes ? latest : Buffer.concat([this.#ring.subarray(at), latest]);
    // The ring may begin in the middle of a character.
    return bytes
      .toString("utf8")
      .replace(/^\uFFFD+/, "")
      .slice(0, -1)
      .slice(-maxCharacters);
  }
}
