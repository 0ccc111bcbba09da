import type { Readable } from "node:stream";

/** A line of JSON may hold a whole file; what is longer is cut. */
const longestLine = 8 * 1_048_576;

export interface ReadLinesParams {
  readonly pipe: Readable;
  take(line: string): void;
  /** Nothing more is read until it resolves. */
  ready(): Promise<void>;
}

/** Hands on the lines of a pipe, no faster than they are taken. Never rejects. */
export async function readLines({ pipe, take, ready }: ReadLinesParams): Promise<void> {
  pipe.setEncoding("utf8");
  let rest = "";
  try {
    for await (const piece of pipe) {
      const lines = `${rest}${String(piece)}`.split("\n");
      rest = (lines.pop() ?? "").slice(0, longestLine);
      for (const line of lines) take(line.replace(/\r$/, ""));
      await ready();
    }
  } catch {
    // The pipe broke or was let go; what came before has been taken.
  }
  if (rest !== "") take(rest);
}
