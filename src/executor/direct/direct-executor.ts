import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProcessIdentity, WorkerUsage } from "../../domain/worker.ts";
import { identify, isAlive, ownIdentity } from "../../machine/process-identity.ts";
import type {
  CleanupParams,
  RunningWorker,
  StartOrder,
  WorkerExecutor,
  WorkerRef,
} from "../executor.ts";
import { DirectWorker, endStrays } from "./direct-worker.ts";
import { spawnWorker } from "./spawn-worker.ts";
import { watchChild, watchProcess } from "./watch.ts";

export interface DirectExecutorParams {
  /** The file that a worker process runs. */
  readonly entry?: string;
  /** The Node program; ours by default. */
  readonly program?: string;
}

/** Runs each worker as a child process, the leader of a session of its own. */
export class DirectExecutor implements WorkerExecutor {
  readonly mode = "direct";
  readonly abilities = { survivesParent: true, limitsMemory: true, kills: true };
  readonly #entry: string;
  readonly #program: string;
  /** Those that run, and those that are gone but whose strays are not. */
  readonly #workers = new Map<string, DirectWorker>();

  constructor(params: DirectExecutorParams = {}) {
    this.#entry = params.entry ?? workerEntry();
    this.#program = params.program ?? process.execPath;
  }

  async start(order: StartOrder): Promise<RunningWorker> {
    const { workerId } = order.launch;
    const spawned = await spawnWorker({ order, program: this.#program, entry: this.#entry });
    const root = identify(spawned.pid) ?? endedAlready(spawned.pid);
    const ref = { workerId, process: { ...root }, logPath: order.logPath };
    return this.#keep(new DirectWorker({ ref, root, watch: watchChild(spawned) }));
  }

  async reattach(ref: WorkerRef): Promise<RunningWorker | undefined> {
    return this.#find(ref);
  }

  async isRunning(ref: WorkerRef): Promise<boolean> {
    return ref.process !== undefined && runsHere(ref.process);
  }

  async stats(ref: WorkerRef): Promise<WorkerUsage | undefined> {
    return this.#find(ref)?.usage();
  }

  async cleanup(ref: WorkerRef, params: CleanupParams = {}): Promise<number> {
    const known = this.#workers.get(ref.workerId);
    const ended = await (known?.endTree(params) ?? endStrays(ref, params));
    this.#workers.delete(ref.workerId);
    return ended;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers.values()) worker.letGo();
    this.#workers.clear();
  }

  #find(ref: WorkerRef): DirectWorker | undefined {
    const { process: root } = ref;
    if (root === undefined || !runsHere(root)) return undefined;
    const known = this.#workers.get(ref.workerId);
    if (known?.isSame(root)) return known;
    return this.#keep(new DirectWorker({ ref, root, watch: watchProcess(root) }));
  }

  #keep(worker: DirectWorker): DirectWorker {
    const { workerId } = worker.ref;
    this.#workers.set(workerId, worker);
    void worker.exit.then(() => {
      const isOurs = this.#workers.get(workerId) === worker;
      if (isOurs && !worker.hasStrays) this.#workers.delete(workerId);
    });
    return worker;
  }
}

/** One that cannot be looked at is not taken for gone. */
function runsHere(process: ProcessIdentity): boolean {
  return process.host === ownIdentity().host && isAlive(process) !== false;
}

/** A child that ended before we looked has nothing to be known by, so nobody is mistaken for it. */
function endedAlready(pid: number): ProcessIdentity {
  return { pid, startedAt: "ended", host: ownIdentity().host };
}

/** Runs from source as well as built. */
function workerEntry(): string {
  const extension = extname(fileURLToPath(import.meta.url));
  return fileURLToPath(new URL(`../../worker/main${extension}`, import.meta.url));
}
