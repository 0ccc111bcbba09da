import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel, Worker as Thread } from "node:worker_threads";
import { ClxError } from "../../domain/errors.ts";
import type { ThreadLaunch } from "../../domain/launch.ts";
import type { WorkerUsage } from "../../domain/worker.ts";
import { withThread } from "../../machine/process-tree/with-thread.ts";
import { followTree, type ProcessTree } from "../../machine/process-tree.ts";
import type { RunningWorker, StartOrder, StopParams, WorkerExit, WorkerRef } from "../executor.ts";
import { ThreadLog } from "./thread-log.ts";
import { heapLimits, ThreadMeter } from "./thread-meter.ts";

const mebibyte = 1024 ** 2;
/** How long what a worker has left behind has to end politely. */
const strayGraceMs = 1_000;
/** A thread that was ended is gone at once, unless it is deep in native code. */
const vanishMs = 10_000;

/** A worker that is a thread of this process. */
export class InlineWorker implements RunningWorker {
  readonly ref: WorkerRef;
  readonly exit: Promise<WorkerExit>;
  readonly #thread: Thread;
  readonly #tree: ProcessTree;
  readonly #meter: ThreadMeter;
  #isKilled = false;
  #isOutOfMemory = false;

  constructor({ launch, logPath, memoryLimit, env }: StartOrder, entry: URL) {
    const { workerId } = launch;
    this.ref = { workerId };
    this.#tree = followTree({ mark: markOf(workerId) });
    const { port1: ending, port2: ender } = new MessageChannel();
    const usage = new SharedArrayBuffer(ThreadMeter.size);
    this.#thread = new Thread(entry, {
      name: workerId,
      workerData: { launch, host: { ender, usage } } satisfies ThreadLaunch,
      transferList: [ender],
      env: { ...process.env, ...env, WORKER_ID: workerId, CLX_WORKER_ID: workerId },
      stdout: true,
      stderr: true,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      resourceLimits: heapLimits,
    });
    ending.on("message", () => this.#kill());
    ending.unref();
    const log = new ThreadLog(logPath, this.#thread);
    this.#meter = new ThreadMeter({
      ...{ thread: this.#thread, memory: usage, heapLimit: memoryLimit },
      onHeapFull: (limit) => {
        log.add(`ended: JavaScript heap out of memory, above ${Math.round(limit / mebibyte)} MiB`);
        this.#isOutOfMemory = true;
        this.#kill();
      },
    });
    this.exit = this.#watch(log).finally(() => ending.close());
  }

  usage(): WorkerUsage {
    return withThread(this.#tree.sample(), this.#meter.read());
  }

  async stop({ graceMs, onSignal }: StopParams): Promise<WorkerExit> {
    const ended = new AbortController();
    void this.exit.then(() => ended.abort());
    if (graceMs > 0) {
      this.#thread.postMessage("leave");
      onSignal?.("leave", 1);
      await pause(graceMs, ended.signal);
    }
    if (!ended.signal.aborted) {
      this.#kill();
      onSignal?.("terminate", 1);
      // It may be waiting for a child in a way that nothing else interrupts.
      await this.#endChildren({ graceMs, onSignal });
      await pause(vanishMs, ended.signal);
      if (!ended.signal.aborted) throw notEnded(this.ref.workerId);
    }
    await this.#endChildren({ graceMs, onSignal });
    return await this.exit;
  }

  #kill(): void {
    this.#isKilled = true;
    void this.#thread.terminate();
  }

  async #endChildren({ graceMs, onSignal }: StopParams): Promise<void> {
    const { left } = await this.#tree.end({ graceMs: Math.min(graceMs, strayGraceMs), onSignal });
    if (left.length === 0) return;
    throw new ClxError(
      "process_not_stopped",
      `worker ${this.ref.workerId} could not be ended wholly: process ${left.join(", ")} is left, in uninterruptible sleep or another user's; end it by hand`,
    );
  }

  async #watch(log: ThreadLog): Promise<WorkerExit> {
    const { promise: exited, resolve } = Promise.withResolvers<WorkerExit>();
    this.#thread.on("error", (error: NodeJS.ErrnoException) => {
      this.#isOutOfMemory ||= error.code === "ERR_WORKER_OUT_OF_MEMORY";
      log.add(error.stack ?? String(error));
    });
    this.#thread.on("exit", (code) => {
      if (this.#isOutOfMemory) resolve({ kind: "killed", signal: "SIGABRT" });
      else if (this.#isKilled) resolve({ kind: "killed", signal: "SIGKILL" });
      else resolve({ kind: "exited", code });
    });
    const exit = await exited;
    this.#meter.close();
    await log.close();
    return exit;
  }
}

/** In the environment of whatever it starts. */
export function markOf(workerId: string): string {
  return `CLX_WORKER_ID=${workerId}`;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

function notEnded(workerId: string): ClxError {
  return new ClxError(
    "process_not_stopped",
    `the thread of worker ${workerId} has not ended: native code that it runs does not return; it ends with process ${process.pid}`,
  );
}
