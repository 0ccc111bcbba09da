import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Line, LineSplitter } from "./line-splitter.ts";

export interface PipeReaderParams {
  readonly pipe: Readable;
  readonly splitter: LineSplitter;
  take(line: Line): void;
  /** Resolves when there is room for more; until then nothing is read. */
  ready(): Promise<void>;
}

/** A piece of 64 KiB may hold as many lines: they are not all let in at once. */
const batchSize = 256;

/** Reads the lines of a pipe, no faster than they are taken. */
export class PipeReader {
  /** Resolves at the end of the pipe. Never rejects. */
  readonly done: Promise<void>;
  readonly #params: PipeReaderParams;
  #pieces = 0;
  #waitsForRoom = false;

  constructor(params: PipeReaderParams) {
    this.#params = params;
    this.done = this.#read();
  }

  /**
   * Waits for the end, but not for ever: a process that is not ours to end may hold the other
   * end of the pipe open. Gives up when nothing has come for `quietMs`.
   */
  async drain(quietMs: number): Promise<void> {
    for (let seen = -1; seen !== this.#pieces || this.#waitsForRoom; ) {
      seen = this.#pieces;
      const pause = new AbortController();
      const ended = this.done.then(() => true);
      const quiet = sleep(quietMs, false, { signal: pause.signal }).catch(() => false);
      if (await Promise.race([ended, quiet])) {
        pause.abort();
        return;
      }
    }
    this.#params.pipe.destroy();
    await this.done;
  }

  async #read(): Promise<void> {
    const { pipe, splitter } = this.#params;
    pipe.setEncoding("utf8");
    try {
      for await (const piece of pipe) {
        this.#pieces++;
        await this.#hand(splitter.push(String(piece)));
      }
    } catch {
      // The pipe broke or was let go; what came before has been taken.
    }
    await this.#hand(splitter.end());
  }

  async #hand(lines: readonly Line[]): Promise<void> {
    for (let at = 0; at < lines.length; at += batchSize) {
      for (const line of lines.slice(at, at + batchSize)) this.#params.take(line);
      this.#waitsForRoom = true;
      await this.#params.ready();
      this.#waitsForRoom = false;
    }
  }
}
