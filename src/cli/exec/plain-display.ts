import type { LoggedEvent } from "../../domain/event.ts";
import type { Task } from "../../domain/task.ts";
import { title } from "../../domain/task-words.ts";
import { span } from "../../domain/time-words.ts";
import { AgentLines } from "../present/agent-lines.ts";
import { eventWords } from "../present/event-line.ts";
import { shorten } from "../present/width.ts";
import { progressLine } from "../progress/progress-line.ts";
import type { RunProgress } from "../progress/run-progress.ts";
import type { LogPiece } from "../tasks/log-reader.ts";
import { endWords, resultOf } from "../tasks/task-end.ts";
import { cleaned, type Terminal } from "../terminal.ts";
import type { RunDisplay, RunSummary } from "./display.ts";

/** A silent run says so often that it lives. */
const heartbeatMs = 10_000;
const titleWidth = 40;

export interface PlainDisplayParams {
  readonly terminal: Terminal;
  readonly tasks: readonly Task[];
  readonly verbose: boolean;
}

/**
 * A run for people: what its programs write on stdout and stderr, everything about it on
 * stderr. A terminal shows the progress in its last line; elsewhere a silent run says a line
 * now and then.
 */
export class PlainDisplay implements RunDisplay {
  readonly #params: PlainDisplayParams;
  /** Of agents, by the numbers of their tasks. */
  readonly #conversations = new Map<number, AgentLines>();
  #saidAtMs = 0;
  #tookMs = 0;
  #ended = 0;

  constructor(params: PlainDisplayParams) {
    this.#params = params;
  }

  log(number: number, { stream, line, dropped }: LogPiece): void {
    const { terminal } = this.#params;
    const mark = this.#isAlone ? "" : `[${number}] `;
    if (dropped > 0) this.#note(`${mark}… ${dropped} lines were not kept …`);
    const told = stream === "log" ? this.#conversationOf(number)?.of(line) : undefined;
    for (const { text, isSaid } of told ?? []) {
      if (isSaid) this.#print(`${mark}${text}`);
      else this.#note(`${mark}${text}`);
    }
    if (told !== undefined) return;
    const text = `${mark}${terminal.harmless(line)}`;
    if (stream === "stdout") this.#print(text);
    else this.#note(text);
  }

  #conversationOf(number: number): AgentLines | undefined {
    if (this.#params.tasks[number - 1]?.type !== "agent") return undefined;
    const known = this.#conversations.get(number) ?? new AgentLines();
    this.#conversations.set(number, known);
    return known;
  }

  taskStarted(number: number, task: Task): void {
    if (this.#isAlone && !this.#params.verbose) return;
    this.#note(`[${number}] started: ${this.#titleOf(task)}`);
  }

  taskAgain(number: number, reason: string): void {
    this.#note(`${this.#isAlone ? "the task" : `[${number}]`} runs again: ${cleaned(reason)}`);
  }

  taskEnded(number: number, task: Task): void {
    this.#ended++;
    // What an agent said has been printed as it came.
    const result = task.type === "agent" ? undefined : resultOf(task);
    if (result !== undefined) this.#print(`${this.#isAlone ? "" : `[${number}] `}${result}`);
    if (this.#isAlone) {
      this.#note(cleaned(endWords(task)));
      return;
    }
    const of = `${this.#ended}/${this.#params.tasks.length}`;
    const took =
      task.startedAt === undefined || task.endedAt === undefined
        ? ""
        : ` after ${span(task.endedAt - task.startedAt)}`;
    const cause = task.failure?.message ?? task.cancelReason;
    const why = task.state === "completed" || !cause ? "" : `: ${cleaned(cause)}`;
    this.#note(`[${number}] ${task.state}${took} (${of}) ${this.#titleOf(task)}${why}`);
  }

  worker(event: LoggedEvent): void {
    const isSaidAlready = event.type === "worker_restart_scheduled";
    if (this.#params.verbose && !isSaidAlready) this.#note(cleaned(eventWords(event)));
  }

  progress(progress: RunProgress): void {
    const { terminal } = this.#params;
    this.#tookMs = progress.tookMs;
    if (terminal.showsStatus) {
      terminal.status(progressLine(progress, { bar: true }));
    } else if (progress.tookMs - this.#saidAtMs >= heartbeatMs) {
      this.#note(progressLine(progress, { bar: false }));
    }
  }

  summary({ completed, failed, cancelled, tookMs }: RunSummary): void {
    const { terminal, tasks } = this.#params;
    terminal.status(undefined);
    if (this.#isAlone) return;
    const parts = [
      `${completed} completed`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
    ];
    terminal.note(`${tasks.length} tasks in ${span(tookMs)}: ${parts.join(", ")}`);
  }

  get #isAlone(): boolean {
    return this.#params.tasks.length === 1;
  }

  #titleOf(task: Task): string {
    return cleaned(shorten(title(task).replaceAll(/\s+/g, " "), titleWidth, "middle"));
  }

  #print(line: string): void {
    this.#saidAtMs = this.#tookMs;
    this.#params.terminal.print(line);
  }

  #note(line: string): void {
    this.#saidAtMs = this.#tookMs;
    this.#params.terminal.note(line);
  }
}
