import type { Task } from "../../domain/task.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Terminal } from "../terminal.ts";
import { ProgressPrinter } from "./progress-printer.ts";
import type { RunProgress } from "./run-progress.ts";
import { typesNow } from "./types-now.ts";

export interface WaitProgressParams {
  readonly terminal: Terminal;
  readonly store: TaskStore;
  /** How many tasks are waited for. */
  readonly total: number;
  readonly clock: () => number;
}

/** What is short is not worth a line; and the store is not asked more often than this. */
const pauseMs = 500;

/** Shows how tasks that are waited for, one after the other, come along. */
export class WaitProgress {
  readonly #params: WaitProgressParams;
  readonly #printer: ProgressPrinter;
  readonly #startedAt = performance.now();
  #lookedAt = performance.now();
  #ended = 0;
  #failed = 0;

  constructor(params: WaitProgressParams) {
    this.#params = params;
    this.#printer = new ProgressPrinter(params.terminal);
  }

  /** The task that is waited for now, as it stands. */
  async look(task: Task): Promise<void> {
    const time = performance.now();
    if (time - this.#lookedAt < pauseMs) return;
    this.#lookedAt = time;
    const { store, clock, total } = this.#params;
    const progress: RunProgress = {
      total,
      ended: this.#ended,
      failed: this.#failed,
      tookMs: time - this.#startedAt,
      types: await typesNow(store, [task.type], clock()),
      ...(task.state === "running" && { running: task }),
    };
    this.#printer.show(progress);
  }

  /** A line of the task was printed. */
  spoke(): void {
    this.#printer.spoke();
  }

  /** The task has ended: what is said about it now stands by itself. */
  end({ state }: Task): void {
    this.#ended++;
    if (state !== "completed") this.#failed++;
    this.#printer.close();
  }

  close(): void {
    this.#printer.close();
  }
}
