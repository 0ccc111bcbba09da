import { ClxError } from "../../domain/errors.ts";
import type { ProcessIdentity, WorkerUsage } from "../../domain/worker.ts";
import { isAlive } from "../../machine/process-identity.ts";
import { followTree, type ProcessTree } from "../../machine/process-tree.ts";
import type {
  CleanupParams,
  RunningWorker,
  StopParams,
  WorkerExit,
  WorkerRef,
} from "../executor.ts";
import type { Watch } from "./watch.ts";

/** How long what a worker has left behind has to end politely. */
const strayGraceMs = 1_000;

/** A worker process and its tree, whoever started it. */
export class DirectWorker implements RunningWorker {
  readonly ref: WorkerRef;
  readonly exit: Promise<WorkerExit>;
  readonly #root: ProcessIdentity;
  readonly #tree: ProcessTree;
  readonly #watch: Watch;
  #hasStrays = false;

  constructor(params: { ref: WorkerRef; root: ProcessIdentity; watch: Watch }) {
    this.ref = params.ref;
    this.#root = params.root;
    this.#watch = params.watch;
    this.#tree = followWorker(params.ref);
    this.exit = params.watch.exit.then((exit) => {
      this.#meetStrays();
      return exit;
    });
  }

  /** Told once it has ended. */
  get hasStrays(): boolean {
    return this.#hasStrays;
  }

  isSame({ pid, startedAt, host }: ProcessIdentity): boolean {
    const own = this.#root;
    return pid === own.pid && startedAt === own.startedAt && host === own.host;
  }

  usage(): WorkerUsage {
    return this.#tree.sample();
  }

  async stop({ graceMs, onSignal }: StopParams): Promise<WorkerExit> {
    const release = this.#watch.hold();
    try {
      let leftMs = graceMs;
      if (graceMs > 0 && this.#askToLeave()) {
        onSignal?.("SIGTERM", 1);
        leftMs = await this.#exitWithin(graceMs);
      }
      await this.endTree({ graceMs: leftMs, onSignal });
      this.#watch.look();
      return await this.exit;
    } finally {
      release();
    }
  }

  /** Returns how many processes were ended. */
  endTree({ graceMs = strayGraceMs, onSignal }: Partial<StopParams> = {}): Promise<number> {
    return endTree({ workerId: this.ref.workerId, tree: this.#tree, graceMs, onSignal });
  }

  /** A worker that leaves with its parent leaves. */
  letGo(): void {
    this.#watch.close();
  }

  /** While the number of its session is surely still its own. */
  #meetStrays(): void {
    try {
      this.#hasStrays = this.#tree.sample().processes > 0;
    } catch {
      this.#hasStrays = true; // nobody could look: cleanup will
    }
  }

  /** It finishes or gives back its tasks, and ends its own children, by itself. */
  #askToLeave(): boolean {
    if (isAlive(this.#root) !== true) return false;
    try {
      process.kill(this.#root.pid, "SIGTERM");
      process.kill(this.#root.pid, "SIGCONT");
      return true;
    } catch {
      return false; // it has just gone, or is not ours: the end of its tree tells
    }
  }

  /** Returns the time it had left: none when it did not exit. */
  async #exitWithin(graceMs: number): Promise<number> {
    const deadline = performance.now() + graceMs;
    const { promise: overdue, resolve } = Promise.withResolvers<number>();
    const timer = setTimeout(resolve, graceMs, 0);
    const exited = this.exit.then(() => Math.max(0, deadline - performance.now()));
    const leftMs = await Promise.race([exited, overdue]);
    clearTimeout(timer);
    return leftMs;
  }
}

/** Ends what is left of a worker of which nothing but its reference is known. */
export function endStrays(ref: WorkerRef, { onSignal }: CleanupParams = {}): Promise<number> {
  const { workerId } = ref;
  return endTree({ workerId, tree: followWorker(ref), graceMs: strayGraceMs, onSignal });
}

function followWorker({ workerId, process: root }: WorkerRef): ProcessTree {
  const mark = `CLX_WORKER_ID=${workerId}`;
  return followTree(root === undefined ? { mark } : { mark, root });
}

async function endTree(params: {
  readonly workerId: string;
  readonly tree: ProcessTree;
  readonly graceMs: number;
  readonly onSignal: CleanupParams["onSignal"];
}): Promise<number> {
  const { ended, left } = await params.tree.end({
    graceMs: Math.min(params.graceMs, strayGraceMs),
    onSignal: params.onSignal,
  });
  if (left.length === 0) return ended;
  throw new ClxError(
    "process_not_stopped",
    `worker ${params.workerId} could not be ended wholly: process ${left.join(", ")} is left, ` +
      `in uninterruptible sleep or another user's; end it by hand`,
  );
}
