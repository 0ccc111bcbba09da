import type { LogLine } from "../../domain/task.ts";
import { logCaps } from "../../store/task-store.ts";

const tailLength = 1_000;
const longestBacklog = 2 * logCaps.tail;

/**
 * Lines that wait to be reported, and the end of all that were written.
 *
 * A handler that writes faster than the store takes keeps only the latest lines here; a line
 * in their place tells how many were let go.
 */
export class LogBuffer {
  #waiting: LogLine[] = [];
  #dropped = 0;
  #lastLines: string[] = [];
  #lastLength = 0;

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
      this.#remember(line);
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

  /** The last lines, at most 1,000 characters. */
  tail(): string {
    return this.#lastLines.join("\n").slice(-tailLength);
  }

  #letGo(): void {
    const excess = this.#waiting.length - logCaps.tail;
    this.#waiting.splice(0, excess);
    this.#dropped += excess;
  }

  #remember(line: string): void {
    const end = line.slice(-tailLength);
    this.#lastLines.push(end);
    this.#lastLength += end.length + 1;
    while (this.#lastLength - (this.#lastLines[0]?.length ?? 0) > tailLength) {
      this.#lastLength -= (this.#lastLines.shift()?.length ?? 0) + 1;
    }
  }
}
