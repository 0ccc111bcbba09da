import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonValue } from "../../src/domain/json.ts";
import type { LogLine } from "../../src/domain/task.ts";
import type { Checkpoint, ProgressUpdate, TaskContext } from "../../src/worker/handler.ts";

/**
 * A task's context that keeps what it is told, for running a handler without a worker.
 * `heard` waits for a log line; `stop` aborts the attempt.
 */
export class RecordingContext implements TaskContext {
  readonly workerId = "test-worker";
  readonly lines: Omit<LogLine, "at">[] = [];
  readonly updates: ProgressUpdate[] = [];
  readonly checkpoint: Checkpoint;
  /** Held back by tests that play a log that is behind. */
  room: Promise<void> = Promise.resolve();
  readonly #abort = new AbortController();
  readonly #waiting = new Set<() => void>();
  #folder: Promise<string> | undefined;

  constructor() {
    let saved: JsonValue | undefined;
    this.checkpoint = {
      get value() {
        return saved;
      },
      save: async (value) => {
        saved = value;
      },
      folder: () => {
        this.#folder ??= mkdtemp(join(tmpdir(), "clx-checkpoint-"));
        return this.#folder;
      },
    };
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get text(): string {
    return this.lines.map(({ line }) => line).join("\n");
  }

  log(line: string, stream: LogLine["stream"] = "log"): void {
    this.lines.push({ line, stream });
    for (const look of this.#waiting) look();
  }

  logReady(): Promise<void> {
    return this.room;
  }

  progress(update: ProgressUpdate): void {
    this.updates.push(update);
  }

  stop(reason: Error): void {
    this.#abort.abort(reason);
  }

  /** Resolves with the first line that fits, past or future. */
  async heard(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = () => {
        for (const { line } of this.lines) {
          const found = pattern.exec(line);
          if (found === null) continue;
          this.#waiting.delete(look);
          resolve(found);
          return;
        }
      };
      this.#waiting.add(look);
      look();
    });
  }

  async remove(): Promise<void> {
    if (this.#folder !== undefined) {
      await rm(await this.#folder, { recursive: true, force: true });
    }
  }
}
