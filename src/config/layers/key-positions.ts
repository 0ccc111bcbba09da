/** Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

type Path = readonly (string | number)[];

/** Where each key of a TOML document stands. */
export class KeyPositions {
  readonly #text: string;
  readonly #offsets: ReadonlyMap<string, number>;

  /** The document must be valid: this finds keys, it does not judge. */
  constructor(toml: string) {
    this.#text = toml;
    this.#offsets = new KeyScanner(toml).scan();
  }

  /** Of the key itself, or of the nearest table around it. */
  find(path: Path): Position {
    for (let length = path.length; length > 0; length--) {
      const offset = this.#offsets.get(JSON.stringify(path.slice(0, length)));
      if (offset !== undefined) return this.#positionAt(offset);
    }
    return { line: 1, column: 1 };
  }

  has(path: Path): boolean {
    return this.#offsets.has(JSON.stringify(path));
  }

  #positionAt(offset: number): Position {
    const before = this.#text.slice(0, offset);
    return {
      line: before.split("\n").length,
      column: offset - before.lastIndexOf("\n"),
    };
  }
}

interface Segment {
  readonly name: string;
  readonly offset: number;
}

/** Walks through keys and steps over values. */
class KeyScanner {
  readonly #text: string;
  readonly #offsets = new Map<string, number>();
  /** How many tables each array of tables has so far. */
  readonly #lengths = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): ReadonlyMap<string, number> {
    let table: Path = [];
    for (this.#skipBlank(); this.#at < this.#text.length; this.#skipBlank()) {
      if (this.#text[this.#at] === "[") table = this.#header();
      else this.#pair(table);
    }
    return this.#offsets;
  }

  #header(): Path {
    const isList = this.#text.startsWith("[[", this.#at);
    this.#at += isList ? 2 : 1;
    const path = this.#note([], this.#key());
    this.#at += isList ? 2 : 1;
    if (!isList) return path;
    const name = JSON.stringify(path);
    const index = this.#lengths.get(name) ?? 0;
    this.#lengths.set(name, index + 1);
    return [...path, index];
  }

  #pair(table: Path): void {
    const path = this.#note(table, this.#key());
    this.#at++; // the "="
    this.#skipBlank();
    this.#value(path);
  }

  /** Remembers where each part of a key is, and gives the whole path. */
  #note(table: Path, segments: readonly Segment[]): Path {
    let path = table;
    for (const [index, { name, offset }] of segments.entries()) {
      path = [...path, name];
      const known = JSON.stringify(path);
      if (!this.#offsets.has(known)) this.#offsets.set(known, offset);
      const length = index < segments.length - 1 ? this.#lengths.get(known) : undefined;
      if (length !== undefined) path = [...path, length - 1];
    }
    return path;
  }

  /** Stands behind the key and the blanks after it. */
  #key(): Segment[] {
    const segments: Segment[] = [];
    for (;;) {
      this.#skipBlank();
      const offset = this.#at;
      segments.push({ name: this.#keyPart(), offset });
      this.#skipBlank();
      if (this.#text[this.#at] !== ".") return segments;
      this.#at++;
    }
  }

  #keyPart(): string {
    const from = this.#at;
    const quote = this.#text[from];
    if (quote !== '"' && quote !== "'") return this.#take(/[\w-]*/y);
    this.#string();
    const inner = this.#text.slice(from + 1, this.#at - 1);
    return quote === "'" ? inner : unescaped(inner);
  }

  #value(path: Path): void {
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") this.#string();
    else if (first === "[") this.#list("]", (index) => this.#value([...path, index]));
    else if (first === "{") this.#list("}", () => this.#pair(path));
    else this.#take(/[^,\]}\r\n#]*/y);
  }

  #list(end: string, item: (index: number) => void): void {
    this.#at++;
    for (let index = 0; ; index++) {
      this.#skipBlank();
      if (this.#at >= this.#text.length || this.#text[this.#at] === end) break;
      const before = this.#at;
      item(index);
      this.#skipBlank();
      if (this.#text[this.#at] === "," || this.#at === before) this.#at++;
    }
    this.#at++;
  }

  #string(): void {
    const quote = this.#text[this.#at] === '"' ? '"' : "'";
    const long = quote.repeat(3);
    if (this.#text.startsWith(long, this.#at)) this.#take(quote === '"' ? longBasic : longLiteral);
    else this.#take(quote === '"' ? /"(?:\\.|[^"\\])*"/y : /'[^']*'/y);
  }

  #skipBlank(): void {
    this.#take(/(?:\s+|#[^\n]*)*/y);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0];
    this.#at += taken === undefined ? 1 : taken.length;
    return taken ?? "";
  }
}

// Up to two quotes may stand right before the three that end the string.
const longBasic = /"""(?:\\[\s\S]|[^\\])*?"""(?:"{0,2}(?!"))/y;
const longLiteral = /'''[\s\S]*?'''(?:'{0,2}(?!'))/y;

function unescaped(inner: string): string {
  const short: Readonly<Record<string, string>> = {
    b: "\b",
    t: "\t",
    n: "\n",
    f: "\f",
    r: "\r",
    e: "\u001b",
  };
  return inner.replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|(.))/g,
    (_, u?: string, U?: string, x?: string, one = "") => {
      const hex = u ?? U ?? x;
      return hex === undefined
        ? (short[one] ?? one)
        : String.fromCodePoint(Number.parseInt(hex, 16));
    },
  );
}
