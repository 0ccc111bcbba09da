/**
 * A key: a character as it is ("a", "?", "é"), or one of the names below. `paste` stands for
 * pasted text, which must never be mistaken for keys that act.
 */
export type Key = string;

const sequences: Readonly<Record<string, Key>> = {
  "[A": "up",
  "[B": "down",
  "[C": "right",
  "[D": "left",
  OA: "up",
  OB: "down",
  OC: "right",
  OD: "left",
  "[H": "home",
  "[F": "end",
  OH: "home",
  OF: "end",
  "[1~": "home",
  "[4~": "end",
  "[7~": "home",
  "[8~": "end",
  "[3~": "delete",
  "[5~": "pageup",
  "[6~": "pagedown",
  "[Z": "backtab",
};

const controls: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\u007f": "backspace",
};

const escapeCode = "\u001b";
const pasteBegins = "[200~";
const pasteEnds = `${escapeCode}[201~`;

/** Makes keys of what a terminal in raw mode sends, which may come in any pieces. */
export class KeyDecoder {
  #rest = "";

  /** The keys that are complete now. */
  push(text: string): Key[] {
    this.#rest += text;
    const keys: Key[] = [];
    for (;;) {
      const next = nextKey(this.#rest);
      if (next === undefined) return keys;
      this.#rest = this.#rest.slice(next.length);
      if (next.key !== undefined) keys.push(next.key);
    }
  }

  /** Something waits for more to come: perhaps the escape key by itself. */
  get isWaiting(): boolean {
    return this.#rest !== "";
  }

  /** Nothing more has come in time, so what waits is taken as it is. */
  giveUp(): Key[] {
    const lone = this.#rest === escapeCode;
    this.#rest = "";
    return lone ? ["escape"] : [];
  }
}

interface Next {
  readonly length: number;
  /** Absent for a sequence that means nothing to us. */
  readonly key?: Key;
}

function nextKey(text: string): Next | undefined {
  const [first] = text;
  if (first === undefined) return undefined;
  if (first === escapeCode) return afterEscape(text.slice(1));
  const named = controls[first];
  if (named !== undefined) return { length: 1, key: named };
  if (first < " ") return { length: 1, key: `ctrl-${letterOf(first)}` };
  return { length: first.length, key: first };
}

function letterOf(control: string): string {
  return String.fromCharCode(control.charCodeAt(0) + 96);
}

function afterEscape(text: string): Next | undefined {
  if (text === "") return undefined;
  if (text.startsWith(pasteBegins)) return pasted(text);
  if (!/^[[O]/.test(text)) return { length: 1, key: "escape" };
  const sequence = /^(?:O.|\[[0-?]*[ -/]*[@-~])/.exec(text)?.[0];
  if (sequence === undefined) return text.length > 32 ? { length: 2 } : undefined;
  const key = sequences[sequence];
  return { length: 1 + sequence.length, ...(key !== undefined && { key }) };
}

function pasted(text: string): Next | undefined {
  const end = text.indexOf(pasteEnds);
  return end < 0 ? undefined : { length: 1 + end + pasteEnds.length, key: "paste" };
}
