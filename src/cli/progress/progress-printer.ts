import type { Terminal } from "../terminal.ts";
import { progressLine } from "./progress-line.ts";
import type { RunProgress } from "./run-progress.ts";

/** Elsewhere than on a terminal, silence is broken so often. */
const heartbeatMs = 10_000;

/**
 * Shows how far something long has come: in the last line of a terminal, as a plain line now and
 * then elsewhere, as one JSON object per line for programs. Never on the place of the result.
 */
export class ProgressPrinter {
  readonly #terminal: Terminal;
  #lastNumbers = "";
  #lastSpokenMs = 0;
  #tookMs = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(progress: RunProgress): void {
    this.#tookMs = progress.tookMs;
    if (this.#terminal.json) this.#tellProgram(progress);
    else if (this.#terminal.showsStatus) {
      this.#terminal.status(progressLine(progress, { bar: true }));
    } else if (this.#isSilent) {
      this.#say(progressLine(progress, { bar: false }));
    }
  }

  /** Something else was printed: no sign of life is needed for a while. */
  spoke(): void {
    this.#lastSpokenMs = this.#tookMs;
  }

  close(): void {
    this.#terminal.status(undefined);
  }

  /** At a change, and when nothing has changed for long. */
  #tellProgram(progress: RunProgress): void {
    const { took_ms, ...numbers } = progressJson(progress);
    const text = JSON.stringify(numbers);
    if (text === this.#lastNumbers && !this.#isSilent) return;
    this.#lastNumbers = text;
    this.#say(JSON.stringify({ event: "progress", ...numbers, took_ms }));
  }

  get #isSilent(): boolean {
    return this.#tookMs - this.#lastSpokenMs >= heartbeatMs;
  }

  #say(line: string): void {
    this.spoke();
    this.#terminal.note(line);
  }
}

/** `docs/json-output.md` describes this shape. */
export function progressJson({ total, ended, failed, tookMs, types, running }: RunProgress) {
  const fraction = running?.progress?.fraction ?? null;
  const message = running?.progress?.message ?? null;
  return {
    ...{ total, ended, failed },
    task_progress: fraction === null && message === null ? null : { fraction, message },
    types: types.map(({ type, workers, queued, averageMs }) => ({
      ...{ type, workers, queued },
      average_ms: averageMs === undefined ? null : Math.round(averageMs),
    })),
    took_ms: Math.round(tookMs),
  };
}
