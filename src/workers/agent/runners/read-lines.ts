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
      const [first = "", ...others] = String(piece).split("\n");
      const lines = [longer(rest, first), ...others];
      rest = lines.pop() ?? "";
      for (const line of lines) take(line.replace(/\r$/, ""));
      await ready();
    }
  } catch {
    // The pipe broke or was let go; what came before has been taken.
  }
  if (rest !== "") take(rest);
}

function longer(line: string, more: string): string {
  const room = longestLine - line.length;
  return more.length <= room ? line + more : line + more.slice(0, Math.max(0, room));
}
