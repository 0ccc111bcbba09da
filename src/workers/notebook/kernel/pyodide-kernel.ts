import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { version } from "pyodide";
import { type CellRun, type Kernel, KernelLost, type RunParams } from "./kernel.ts";
import { OutputCollector } from "./output-collector.ts";
import type { FromThread, ToThread } from "./pyodide-words.ts";

type Reply = Extract<FromThread, { readonly kind: "reply" }>;

export const pyodideIdentity = `pyodide ${version}`;

/**
 * Python compiled to WebAssembly, in a thread of the worker: for machines without Python. It has
 * the files that it is given; what it writes is gone with it.
 */
export class PyodideKernel implements Kernel {
  readonly ended: Promise<string>;
  readonly #thread: Worker;
  readonly #lost: Promise<never>;
  #outputs = new OutputCollector();

  private constructor(thread: Worker) {
    this.#thread = thread;
    this.ended = Promise.race([
      once(thread, "exit").then(([code]) => `ended with exit code ${String(code)}`),
      once(thread, "error").then(([error]) => `failed: ${String(error)}`),
    ]);
    this.#lost = this.ended.then((how) => {
      throw new KernelLost(`the thread of Pyodide ${how}`);
    });
    this.#lost.catch(() => {});
    thread.on("error", () => {});
    thread.on("message", (message: FromThread) => {
      if (message.kind === "output") this.#outputs.take(message.message);
    });
  }

  static async start(signal: AbortSignal): Promise<PyodideKernel> {
    const program = import.meta.url.endsWith(".ts") ? "./pyodide-thread.ts" : "./pyodide-thread.js";
    const thread = new Worker(new URL(program, import.meta.url), { env: {}, execArgv: [] });
    const kernel = new PyodideKernel(thread);
    const stop = () => void kernel.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await kernel.#untilSaid("ready");
      return kernel;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async addFile(relative: string, path: string): Promise<void> {
    const added = this.#untilSaid("added");
    this.#tell({ kind: "file", relative, path });
    await added;
  }

  async addText(relative: string, text: string): Promise<void> {
    const added = this.#untilSaid("added");
    this.#tell({ kind: "text", relative, text });
    await added;
  }

  async run(source: string, { timeoutMs }: RunParams): Promise<CellRun> {
    this.#outputs = new OutputCollector();
    const replied = this.#untilSaid("reply");
    this.#tell({ kind: "run", source });
    const timer = new AbortController();
    const late = timeoutMs === undefined ? [] : [sleep(timeoutMs, "late" as const, timer)];
    for (const one of late) one.catch(() => {});
    const reply = await Promise.race([replied, ...late]).finally(() => timer.abort());
    const { outputs } = this.#outputs;
    if (reply === "late") {
      replied.catch(() => {});
      await this.close();
      return { outputs, failure: { kind: "timed_out" } };
    }
    return withReply(outputs, reply as Reply);
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #tell(message: ToThread): void {
    this.#thread.postMessage(message);
  }

  async #untilSaid(kind: FromThread["kind"]): Promise<FromThread> {
    const said = new Promise<FromThread>((resolve) => {
      const look = (message: FromThread) => {
        if (message.kind !== kind) return;
        this.#thread.off("message", look);
        resolve(message);
      };
      this.#thread.on("message", look);
    });
    return await Promise.race([said, this.#lost]);
  }
}

function withReply(outputs: CellRun["outputs"], { content }: Reply): CellRun {
  const executionCount = content.execution_count;
  if (content.status === "ok") return { outputs, executionCount };
  const { ename = "Error", evalue = "", line } = content;
  return {
    outputs,
    executionCount,
    failure: { kind: "raised", name: ename, message: evalue, ...(line && { line }) },
  };
}
