import { readSync } from "node:fs";
import type { LaunchDocument } from "../domain/launch.ts";

const longest = 1_048_576;

/** Reads the launch document that a parent writes as one line; throws an Error that says why not. */
export function readLaunchLine(fd: number): LaunchDocument {
  const chunk = Buffer.alloc(65_536);
  let text = "";
  while (!text.includes("\n")) {
    const size = readSome(fd, chunk);
    if (size === 0) throw new Error("the lifeline ended before there was a whole line on it");
    text += chunk.toString("utf8", 0, size);
    if (text.length > longest) throw new Error("the line on the lifeline is too long");
  }
  return parse(text);
}

function readSome(fd: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code === "EBADF") throw new Error(`there is no file descriptor ${fd}`);
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function parse(text: string): LaunchDocument {
  const document: unknown = JSON.parse(text.slice(0, text.indexOf("\n")));
  const { workerId, launchToken, handler, link } = (document ?? {}) as Partial<LaunchDocument>;
  if (!workerId || !launchToken || !handler || !link) {
    throw new Error("the line on the lifeline is no launch document");
  }
  return document as LaunchDocument;
}
