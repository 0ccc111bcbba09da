/** Where a text stops being JSON, and what should have come there. */
export interface JsonFault {
  readonly position: number;
  readonly expected: string;
}

const space = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none within a string
const string = /"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

type Wanted = "value" | "value or ]" | "key" | "key or }" | "colon" | "more" | "end";

const words: Record<Wanted, string> = {
  value: "a value",
  "value or ]": 'a value or "]"',
  key: "a name in quotes",
  "key or }": 'a name in quotes or "}"',
  colon: '":"',
  more: '"," or the closing bracket',
  end: "nothing",
};

/** For texts that `JSON.parse`, whose messages do not always say where, has refused. */
export function findFault(text: string): JsonFault {
  const open: ("[" | "{")[] = [];
  let wanted: Wanted = "value";
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found !== null;
  };
  const after = (): Wanted => (open.length === 0 ? "end" : "more");
  for (;;) {
    take(space);
    const next = text[at];
    if (next === undefined) return { position: at, expected: words[wanted] };
    const closes = next === (open.at(-1) === "{" ? "}" : "]") && open.length > 0;
    if (closes && (wanted === "more" || wanted.includes(" or "))) {
      open.pop();
      at++;
      wanted = after();
    } else if (wanted === "more" && next === ",") {
      at++;
      wanted = open.at(-1) === "{" ? "key" : "value";
    } else if (wanted === "colon" && next === ":") {
      at++;
      wanted = "value";
    } else if (wanted.startsWith("key") && take(string)) {
      wanted = "colon";
    } else if (wanted.startsWith("value") && (next === "[" || next === "{")) {
      open.push(next);
      at++;
      wanted = next === "{" ? "key or }" : "value or ]";
    } else if (wanted.startsWith("value") && (take(string) || take(scalar))) {
      wanted = after();
    } else {
      return { position: at, expected: words[wanted] };
    }
  }
}
