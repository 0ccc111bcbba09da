import { type LongTimer, startTimer } from "./long-timer.ts";

/** A worker's wish to leave: why, and until when what runs may still go on. */
export class Leave {
  readonly asked: Promise<void>;
  readonly due: Promise<void>;
  readonly #asked = Promise.withResolvers<void>();
  readonly #due = Promise.withResolvers<void>();
  #reason: string | undefined;
  #timer: LongTimer | undefined;
  #dueAt = Infinity;

  constructor() {
    this.asked = this.#asked.promise;
    this.due = this.#due.promise;
  }

  get reason(): string {
    return this.#reason ?? "it was asked to";
  }

  /** Asked again, the first reason stands, and the earlier end counts. */
  ask(reason: string, graceMs: number): void {
    this.#reason ??= reason;
    this.#asked.resolve();
    const dueAt = performance.now() + graceMs;
    if (dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    this.#timer?.clear();
    this.#timer = startTimer(graceMs, () => this.#due.resolve());
  }

  close(): void {
    this.#timer?.clear();
  }
}
