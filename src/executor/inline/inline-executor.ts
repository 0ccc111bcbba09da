import type { WorkerUsage } from "../../domain/worker.ts";
import { followTree } from "../../machine/process-tree.ts";
import type {
  CleanupParams,
  RunningWorker,
  StartOrder,
  WorkerExecutor,
  WorkerRef,
} from "../executor.ts";
import { InlineWorker, markOf } from "./inline-worker.ts";

/** How long workers may take to leave when nobody wants this executor any more. */
const closeGraceMs = 5_000;

/**
 * Runs each worker as a thread of this very process.
 *
 * A thread has an event loop and a heap of its own: what blocks it, or uses up its memory, ends or
 * is ended without harm to others. It shares everything else: native code that crashes takes this
 * process down, and with the process all threads end.
 */
export class InlineExecutor implements WorkerExecutor {
  readonly mode = "inline";
  readonly abilities = { survivesParent: false, limitsMemory: false, kills: true };
  readonly #entry: URL;
  readonly #workers = new Map<string, InlineWorker>();

  /** @param params.entry the program of a thread, which is given a `ThreadLaunch` */
  constructor(params: { readonly entry: URL }) {
    this.#entry = params.entry;
  }

  async start(order: StartOrder): Promise<RunningWorker> {
    const worker = new InlineWorker(order, this.#entry);
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

  async stats(ref: WorkerRef): Promise<WorkerUsage | undefined> {
    return this.#workers.get(ref.workerId)?.usage();
  }

  /** Its children may have outlived the process that it was a thread of. */
  async cleanup({ workerId }: WorkerRef, { onSignal }: CleanupParams = {}): Promise<number> {
    const worker = this.#workers.get(workerId);
    if (worker === undefined) {
      return (await followTree({ mark: markOf(workerId) }).end({ graceMs: 0, onSignal })).ended;
    }
    await worker.stop({ graceMs: 0, onSignal });
    return 1;
  }

  async close(): Promise<void> {
    const workers = [...this.#workers.values()];
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: closeGraceMs })));
  }
}
