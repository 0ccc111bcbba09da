import type { JsonValue } from "../domain/json.ts";

export interface MarkerMetadata {
  /** Between the marker and its metadata: a title for people. */
  readonly title?: string;
  readonly metadata: { readonly [key: string]: JsonValue };
}

/**
 * What follows `%%` on a marker's line: `A title [markdown] lang="de" tags=["slide", "keep"]`.
 * Values are JSON, or words of Python for the constants; a key alone means that it is set.
 */
export function readMarkerMetadata(text: string): MarkerMetadata {
  const metadata: Record<string, JsonValue> = {};
  const first = /(?:^|\s)(?=[\w.-]+\s*=)/.exec(text);
  const title = text.slice(0, first?.index ?? text.length).trim();
  let rest = first === null ? "" : text.slice(first.index).trim();
  while (rest !== "") {
    const key = /^([\w.-]+)\s*(=\s*)?/.exec(rest);
    if (key === null) break;
    rest = rest.slice(key[0].length);
    if (key[2] === undefined) {
      metadata[key[1] ?? ""] = true;
    } else {
      const end = endOfValue(rest);
      metadata[key[1] ?? ""] = readValue(rest.slice(0, end).trim());
      rest = rest.slice(end).trim();
    }
  }
  return title === "" ? { metadata } : { title, metadata };
}

const closers: Readonly<Record<string, string>> = { "[": "]", "{": "}" };

/** Where the value at the start of a text ends: at a space that is in no string and no bracket. */
function endOfValue(text: string): number {
  const open: string[] = [];
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (quote !== undefined) {
      if (character === "\\") at += 1;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (closers[character] !== undefined) open.push(closers[character]);
    else if (character === open.at(-1)) open.pop();
    else if (open.length === 0 && /[\s,]/.test(character)) return at;
  }
  return text.length;
}

const pythonWords: Readonly<Record<string, JsonValue>> = { True: true, False: false, None: null };

function readValue(text: string): JsonValue {
  if (Object.hasOwn(pythonWords, text)) return pythonWords[text] ?? null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return jsonOfQuoted(text);
  }
}

/** `['slide', 'keep']`, as Python writes lists; whatever else is a text. */
function jsonOfQuoted(text: string): JsonValue {
  try {
    return JSON.parse(text.replaceAll(/'((?:[^'\\]|\\.)*)'/g, (_, inner) => JSON.stringify(inner)));
  } catch {
    return text;
  }
}
