import {
  type ErrorCode,
  isNode,
  isPair,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLParseError,
} from "yaml";
import type { CourseProblem } from "../course.ts";
import type { Position, SourceDocument } from "./source-document.ts";

export type ReadSource =
  | {
      readonly kind: "read";
      readonly document: SourceDocument;
      /** What is passed over. */
      readonly problems: readonly CourseProblem[];
    }
  | { readonly kind: "unreadable"; readonly problems: readonly CourseProblem[] };

export function readYaml(text: string, file: string): ReadSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    const problems = worthTelling(document.errors).map(({ code, message, pos: [offset] }) => ({
      ...({ severity: "error", code: "spec_syntax", file } as const),
      ...at(offset),
      message: message.split(/ at line \d+/)[0] ?? message,
      ...(hints[code] !== undefined && { hint: hints[code] }),
    }));
    return { kind: "unreadable", problems };
  }
  const places = placesIn(document.contents, at);
  return {
    kind: "read",
    document: {
      value: document.toJS() as unknown,
      positionOf: (path) => nearest(places, path),
    },
    problems: [],
  };
}

/** In the order of the file. What the parser stumbles over after a mistake is mostly due to that. */
function worthTelling(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  return errors
    .toSorted((a, b) => a.pos[0] - b.pos[0])
    .filter(({ code }, at) => at === 0 || code !== "UNEXPECTED_TOKEN");
}

/** For what goes wrong most. */
const hints: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_SCALAR_START: 'put the text in quotes: "…"',
  BLOCK_AS_IMPLICIT_KEY: 'a text with ": " in it needs quotes: "…"',
  BLOCK_IN_FLOW: 'is a "[" or "{" before it left open?',
  DUPLICATE_KEY: "remove one of them",
  MULTIPLE_DOCS: "a spec is one document; remove the line ---",
  TAB_AS_INDENT: "indent with spaces",
};

/** By path, written as JSON; a key stands where its name begins, an item where it begins. */
function placesIn(root: unknown, at: (offset: number) => Position): Map<string, Position> {
  const places = new Map<string, Position>();
  const walk = (node: unknown, path: readonly (string | number)[]): void => {
    if (!isNode(node) || node === null) return;
    const note = (inner: readonly (string | number)[], range: Node["range"]) => {
      if (range) places.set(JSON.stringify(inner), at(range[0]));
    };
    if (path.length === 0) note(path, node.range);
    if ("items" in node) {
      for (const [index, item] of (node.items as (Node | Pair)[]).entries()) {
        if (isPair(item)) {
          const key = String(item.key);
          if (isNode(item.key)) note([...path, key], item.key.range);
          walk(item.value, [...path, key]);
        } else {
          note([...path, index], item.range);
          walk(item, [...path, index]);
        }
      }
    }
  };
  walk(root, []);
  return places;
}

export function nearest(
  places: ReadonlyMap<string, Position>,
  path: readonly PropertyKey[],
): Position {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = places.get(JSON.stringify(path.slice(0, length)));
    if (found !== undefined) return found;
  }
  return { line: 1, column: 1 };
}
