import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { findInexactNumber, inexactWords } from "../../domain/exact-numbers.ts";
import type { JsonValue } from "../../domain/json.ts";
import { UsageError } from "../usage-error.ts";

/** A file's text, or that of our own standard input when the name is `-`. */
export async function readInput(name: string, cwd: string): Promise<string> {
  if (name === "-") {
    const { text } = await import("node:stream/consumers");
    return await text(process.stdin);
  }
  try {
    return await readFile(resolve(cwd, name), "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "you may not read it",
};

function reasonOf({ code = "", message }: NodeJS.ErrnoException): string {
  return reasons[code] ?? message;
}

/** JSON as it is, `@file` or `-`. */
export async function readJson(given: string, cwd: string): Promise<JsonValue> {
  const source = given.startsWith("@") ? given.slice(1) : given;
  const isText = source === given && given !== "-";
  const json = isText ? given : await readInput(source, cwd);
  const where = isText ? "the payload" : source === "-" ? "the standard input" : source;
  const value = parsed(json, where);
  const inexact = findInexactNumber(json);
  if (inexact !== undefined) throw new UsageError(`${where}: ${inexactWords(inexact)}`);
  return value;
}

function parsed(json: string, where: string): JsonValue {
  try {
    return JSON.parse(json) as JsonValue;
  } catch (error) {
    throw new UsageError(
      `${where} is no JSON (${(error as Error).message}); write it as '{"key": "value"}', @file or -`,
    );
  }
}
