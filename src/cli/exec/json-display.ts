import type { Task } from "../../domain/task.ts";
import { eventJson, logLineJson, taskJson } from "../present/json-shapes.ts";
import { progressJson } from "../progress/progress-printer.ts";
import type { RunProgress } from "../progress/run-progress.ts";
import type { LogPiece } from "../tasks/log-reader.ts";
import type { Terminal } from "../terminal.ts";
import type { RunDisplay, RunSummary } from "./display.ts";

/** At most so often, unless a number changes. */
const heartbeatMs = 10_000;

/** A run as JSON on stdout, one object per line, each with its `event`. */
export class JsonDisplay implements RunDisplay {
  readonly #terminal: Terminal;
  readonly #ids: readonly string[];
  #lastProgress = "";
  #progressAt = 0;

  constructor(terminal: Terminal, tasks: readonly Task[]) {
    this.#terminal = terminal;
    this.#ids = tasks.map(({ id }) => id);
    const [first] = tasks;
    this.#print("submitted", { session_id: first?.sessionId ?? null, task_ids: this.#ids });
  }

  log(number: number, piece: LogPiece): void {
    this.#print("log", { task_id: this.#ids[number - 1], ...logLineJson(piece) });
  }

  taskStarted(_number: number, task: Task): void {
    this.#print("task_started", { task: taskJson(task) });
  }

  taskAgain(number: number, reason: string): void {
    this.#print("task_again", { task_id: this.#ids[number - 1], reason });
  }

  taskEnded(_number: number, task: Task): void {
    this.#print("task_ended", { task: taskJson(task) });
  }

  worker(event: Parameters<RunDisplay["worker"]>[0]): void {
    this.#print("worker", eventJson(event));
  }

  progress(progress: RunProgress): void {
    const { tookMs } = progress;
    const { took_ms, ...numbers } = progressJson(progress);
    const text = JSON.stringify(numbers);
    if (text === this.#lastProgress && tookMs - this.#progressAt < heartbeatMs) return;
    this.#lastProgress = text;
    this.#progressAt = tookMs;
    this.#print("progress", { ...numbers, took_ms });
  }

  summary({ completed, failed, cancelled, tookMs, exitCode }: RunSummary): void {
    const counts = { completed, failed, cancelled };
    this.#print("summary", { ...counts, took_ms: Math.round(tookMs), exit_code: exitCode });
  }

  #print(event: string, document: object): void {
    this.#terminal.printJson({ event, ...document });
  }
}
