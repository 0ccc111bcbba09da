import type { StaleStep } from "../../course/build/find-stale.ts";
import type { LoggedEvent } from "../../domain/event.ts";
import type { Task } from "../../domain/task.ts";
import { span } from "../../domain/time-words.ts";
import type { RunDisplay } from "../exec/display.ts";
import { eventWords } from "../present/event-line.ts";
import { ProgressPrinter } from "../progress/progress-printer.ts";
import type { RunProgress } from "../progress/run-progress.ts";
import type { LogPiece } from "../tasks/log-reader.ts";
import { cleaned, type Terminal } from "../terminal.ts";
import { failureWords, warningLines, warningsOf } from "./step-words.ts";

export type OutputMode = "default" | "verbose" | "quiet" | "json";

export interface BuildDisplayParams {
  readonly terminal: Terminal;
  readonly mode: OutputMode;
  /** In the order of the tasks. */
  readonly steps: readonly StaleStep[];
  /** Of the course. */
  readonly root: string;
  readonly onEnded: (step: StaleStep, task: Task) => void;
}

/** A build while it goes on: what fails at once, with its evidence; what succeeds in a line at most. */
export class BuildDisplay implements RunDisplay {
  readonly #params: BuildDisplayParams;
  readonly #progress: ProgressPrinter;
  readonly #warned = new Set<string>();

  constructor(params: BuildDisplayParams) {
    this.#params = params;
    this.#progress = new ProgressPrinter(params.terminal);
  }

  log(number: number, { line }: LogPiece): void {
    if (this.#params.mode === "verbose") this.#say(`${this.#nameOf(number)}: ${cleaned(line)}`);
  }

  taskStarted(number: number): void {
    if (this.#params.mode === "verbose") this.#say(`started ${this.#nameOf(number)}`);
  }

  taskAgain(number: number, reason: string): void {
    this.#say(`${this.#nameOf(number)} runs again: ${cleaned(reason)}`);
  }

  taskEnded(number: number, task: Task): void {
    const step = this.#params.steps[number - 1];
    if (step !== undefined) this.#params.onEnded(step, task);
    if (this.#params.mode === "json") {
      this.#tellProgram(number, task);
      return;
    }
    const name = this.#nameOf(number);
    if (task.state === "completed") {
      if (this.#params.mode === "verbose") this.#say(`built: ${name}${took(task)}`);
      if (step !== undefined) this.#warn(step, task);
    } else if (task.state === "failed") {
      const { message, excerpt } = failureWords(task);
      this.#say(`failed: ${name}: ${message}`);
      for (const line of excerpt) this.#say(`    ${line}`);
    }
  }

  worker(event: LoggedEvent): void {
    if (this.#params.mode === "verbose") this.#say(cleaned(eventWords(event)));
  }

  progress(progress: RunProgress): void {
    if (this.#params.mode !== "quiet") this.#progress.show(progress);
  }

  /** The build tells its own, once copies are made. */
  summary(): void {
    this.#progress.close();
  }

  #nameOf(number: number): string {
    return this.#params.steps[number - 1]?.step.id ?? `[${number}]`;
  }

  #say(line: string): void {
    if (this.#params.mode === "json") return;
    this.#progress.spoke();
    this.#params.terminal.note(line);
  }

  #warn({ step }: StaleStep, task: Task): void {
    if (this.#params.mode === "quiet") return;
    for (const line of warningLines([{ step, warnings: warningsOf(task) }], this.#params.root)) {
      if (!this.#warned.has(line)) this.#say(`warning: ${line}`);
      this.#warned.add(line);
    }
  }

  #tellProgram(number: number, task: Task): void {
    const { state, startedAt, endedAt } = task;
    const isWell = state === "completed";
    this.#params.terminal.note(
      JSON.stringify({
        ...{ event: "step_ended", step: this.#nameOf(number), state },
        ...(isWell ? { warnings: warningsOf(task) } : failureWords(task)),
        took_ms: startedAt === undefined || endedAt === undefined ? null : endedAt - startedAt,
      }),
    );
  }
}

function took({ startedAt, endedAt }: Task): string {
  return startedAt === undefined || endedAt === undefined ? "" : ` in ${span(endedAt - startedAt)}`;
}
