import { findInexactNumber, inexactWords } from "../../domain/exact-numbers.ts";
import { RequestError } from "../request-error.ts";
import { findFault } from "./json-fault.ts";

/** Deeper ones are no data but an attack: whoever walks them runs out of stack. */
const deepest = 200;

/**
 * What comes over the wire must be what is stored.
 *
 * @throws ClxError `invalid_value` for what is no JSON, with the position; for what is nested
 * too deeply; and for numbers that would silently become others (beyond 2^53, 1e400)
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text);
  }
  if (mayBeDeep(text)) checkDepth(value);
  const inexact = findInexactNumber(text);
  if (inexact !== undefined) {
    throw new RequestError("invalid_value", { message: inexactWords(inexact) });
  }
  return value;
}

function malformed(text: string): RequestError {
  const { position, expected } = findFault(text);
  const before = text.slice(0, position).split("\n");
  const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
  const found = position >= text.length ? "it ends there" : `there is ${shown(text, position)}`;
  return new RequestError("invalid_value", {
    message: `the body is no JSON: at line ${line}, column ${column} ${expected} should follow, but ${found}`,
    facts: { position, line, column },
  });
}

function shown(text: string, position: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(position) ?? 0).toWellFormed());
}

function mayBeDeep(text: string): boolean {
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code === 0x5b || code === 0x7b) && ++brackets > deepest) return true;
  }
  return false;
}

function checkDepth(value: unknown): void {
  let level = containersIn([value]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > deepest) {
      throw new RequestError("invalid_value", {
        message: `the body is nested more than ${deepest} levels deep`,
      });
    }
    level = containersIn(level.flatMap((one) => Object.values(one)));
  }
}

function containersIn(values: readonly unknown[]): object[] {
  return values.filter((one) => typeof one === "object" && one !== null);
}
