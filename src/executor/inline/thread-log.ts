import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker as Thread } from "node:worker_threads";

/** What is still on its way from a thread that has ended. */
const flushMs = 500;

/** Appends what a thread writes to its log file. A log that cannot be written stops nobody. */
export class ThreadLog {
  readonly #file: WriteStream | undefined;
  readonly #read: Promise<unknown>;

  constructor(path: string, { stdout, stderr }: Thread) {
    this.#file = openLog(path);
    for (const stream of [stdout, stderr]) {
      if (this.#file) stream.pipe(this.#file, { end: false });
      else stream.resume();
    }
    this.#read = Promise.allSettled([finished(stdout), finished(stderr)]);
  }

  add(text: string): void {
    this.#file?.write(`${text}\n`);
  }

  async close(): Promise<void> {
    await Promise.race([this.#read, sleep(flushMs)]);
    await new Promise<void>((resolve) => {
      if (this.#file === undefined || this.#file.destroyed) resolve();
      else this.#file.once("close", () => resolve()).end();
    });
  }
}

function openLog(path: string): WriteStream | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch {
    return undefined;
  }
  const file = createWriteStream(path, { flags: "a", mode: 0o600 });
  file.on("error", () => file.destroy());
  return file;
}
