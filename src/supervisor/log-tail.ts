import { open } from "node:fs/promises";
import { logTailLength } from "./explain-exit.ts";

/** The end of a log file; empty when there is none. */
export async function readLogTail(path: string | undefined): Promise<string> {
  if (path === undefined) return "";
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return "";
  try {
    const { size } = await file.stat();
    const length = Math.min(size, logTailLength * 4);
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(length),
      position: size - length,
    });
    return buffer.toString("utf8", 0, bytesRead).trim().slice(-logTailLength);
  } finally {
    await file.close();
  }
}
