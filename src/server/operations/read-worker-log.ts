import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Worker } from "../../domain/worker.ts";

export interface WorkerLog {
  readonly text: string;
  /** Of the whole file; more than the text when only its end was read. */
  readonly size: number;
}

/**
 * The end of a worker's log file: whole lines, at most so many bytes; empty when there is none.
 *
 * The path comes from the worker's row. Only a plain file with the name that such logs have is
 * opened, through no link, so that a row that somebody made up reads nothing else.
 */
export async function readWorkerLog(worker: Worker, bytes: number): Promise<WorkerLog> {
  const { id, logPath } = worker;
  const none = { text: "", size: 0 };
  if (logPath === undefined || basename(logPath) !== `worker_${id}.log`) return none;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(logPath, flags).catch(() => undefined);
  if (file === undefined) return none;
  try {
    const facts = await file.stat();
    if (!facts.isFile()) return none;
    const { size } = facts;
    const length = Math.min(size, bytes);
    const start = size - length;
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(length),
      position: start,
    });
    const text = buffer.toString("utf8", 0, bytesRead);
    return { size, text: start === 0 ? text : text.slice(text.indexOf("\n") + 1) };
  } finally {
    await file.close();
  }
}
