import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { LaunchDocument } from "../../domain/launch.ts";
import { span } from "../../domain/time-words.ts";
import type { WorkerUsage } from "../../domain/worker.ts";
import type {
  RunningWorker,
  StartOrder,
  StopParams,
  WorkerExecutor,
  WorkerExit,
  WorkerRef,
} from "../executor.ts";

/** A worker's whole life; resolves with its exit code. Aborting the signal asks it to leave. */
export type RunInline = (
  launch: LaunchDocument,
  control: { readonly signal: AbortSignal },
) => Promise<number>;

/**
 * Runs workers in this very process: for tests, and for handlers that only wait for others.
 * Code that does not heed its signal cannot be ended here; it is given up, and said to be lost.
 */
export class InlineExecutor implements WorkerExecutor {
  readonly mode = "inline";
  readonly abilities = { survivesParent: false, limitsMemory: false, kills: false };
  readonly #run: RunInline;
  readonly #workers = new Map<string, InlineWorker>();

  constructor(params: { readonly run: RunInline }) {
    this.#run = params.run;
  }

  async start(order: StartOrder): Promise<RunningWorker> {
    const worker = new InlineWorker(order, this.#run);
    const { workerId } = worker.ref;
    this.#workers.set(workerId, worker);
    void worker.exit.then(() => this.#workers.delete(workerId));
    return worker;
  }

  async reattach(ref: WorkerRef): Promise<RunningWorker | undefined> {
    return this.#workers.get(ref.workerId);
  }

  async isRunning(ref: WorkerRef): Promise<boolean> {
    return this.#workers.has(ref.workerId);
  }

  /** What it uses is part of what this process uses, and cannot be told from it. */
  async stats(ref: WorkerRef): Promise<WorkerUsage | undefined> {
    if (!this.#workers.has(ref.workerId)) return undefined;
    return { memory: 0, cpuPercent: 0, processes: 0 };
  }

  async cleanup(): Promise<number> {
    return 0;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers.values()) worker.askToLeave();
  }
}

class InlineWorker implements RunningWorker {
  readonly ref: WorkerRef;
  readonly exit: Promise<WorkerExit>;
  readonly #abort = new AbortController();
  readonly #giveUp: (exit: WorkerExit) => void;

  constructor(order: StartOrder, run: RunInline) {
    this.ref = { workerId: order.launch.workerId };
    const { promise: givenUp, resolve } = Promise.withResolvers<WorkerExit>();
    this.#giveUp = resolve;
    this.exit = Promise.race([this.#live(order, run), givenUp]);
  }

  askToLeave(): void {
    this.#abort.abort();
  }

  async stop({ graceMs }: StopParams): Promise<WorkerExit> {
    this.askToLeave();
    const reason = `it did not leave within ${span(graceMs)}; its code may still run in this process`;
    const overdue = setTimeout(() => this.#giveUp({ kind: "lost", reason }), graceMs);
    try {
      return await this.exit;
    } finally {
      clearTimeout(overdue);
    }
  }

  async #live({ launch, logPath }: StartOrder, run: RunInline): Promise<WorkerExit> {
    try {
      return { kind: "exited", code: await run(launch, { signal: this.#abort.signal }) };
    } catch (error) {
      writeToLog(logPath, error);
      return { kind: "exited", code: 1 };
    }
  }
}

function writeToLog(path: string, error: unknown): void {
  const text = error instanceof Error ? error.stack : String(error);
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${text}\n`, { mode: 0o600 });
  } catch {
    // The exit code says that it failed; without a log nothing says why.
  }
}
