import type { LogLine } from "../../domain/task.ts";
import { logCaps } from "../../store/task-store.ts";
import type { LogTail } from "./log-tail.ts";

const longestBacklog = 2 * logCaps.tail;

/**
 * Lines that wait to be reported. The end of all that were written goes to the tail.
 *
 * A handler that writes faster than the store takes keeps only the latest lines here; a line
 * in their place tells how many were let go.
 */
export class LogBuffer {
  #waiting: LogLine[] = [];
  #dropped = 0;
  readonly #tail: LogTail;

  constructor(tail: LogTail) {
    this.#tail = tail;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  get isBehind(): boolean {
    return this.#waiting.length >= logCaps.head;
  }

  add(text: string, stream: LogLine["stream"], at: number): void {
    for (const whole of text.replace(/\r?\n$/, "").split(/\r?\n/)) {
      // One character more than is kept lets the store see that the line was cut.
      const line = whole.slice(0, logCaps.lineLength + 1);
      this.#waiting.push({ at, stream, line });
      this.#tail.add(line);
    }
    if (this.#waiting.length > longestBacklog) this.#letGo();
  }

  take(): LogLine[] {
    const lines = this.#waiting;
    const [first] = lines;
    this.#waiting = [];
    if (this.#dropped === 0 || first === undefined) return lines;
    const line = `[${this.#dropped} lines were not kept: they came faster than they could be stored]`;
    this.#dropped = 0;
    return [{ at: first.at, stream: "log", line }, ...lines];
  }

  #letGo(): void {
    const excess = this.#waiting.length - logCaps.tail;
    this.#waiting.splice(0, excess);
    this.#dropped += excess;
  }
}
