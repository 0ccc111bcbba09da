import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { withoutAnsi } from "../../../notebook/page/ansi.ts";
import { type Connection, makeConnection } from "./connection-file.ts";
import { type JupyterMessage, JupyterMessages, type Request } from "./jupyter-messages.ts";
import {
  type CellFailure,
  type CellRun,
  type Kernel,
  KernelLost,
  type RunParams,
} from "./kernel.ts";
import { KernelFolder } from "./kernel-folder.ts";
import { KernelProcess } from "./kernel-process.ts";
import type { KernelSpec } from "./kernelspecs.ts";
import { OutputCollector } from "./output-collector.ts";

/** A loaded machine, and a kernel that compiles itself first. */
const startMs = 120_000;
/** How often a kernel that starts is asked whether it is there. */
const askMs = 100;
/** How long an interrupted cell may take to end. */
const interruptGraceMs = 5_000;

interface Running {
  readonly requestId: string;
  readonly outputs: OutputCollector;
  reply?: JupyterMessage;
  isIdle: boolean;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * A Jupyter kernel of our own: its process, its folder, and the conversation with it.
 *
 * Requests go over `shell`, what cells print and show comes over `iopub`. A cell is over when
 * both have said so: `shell` by the reply, `iopub` by "idle", so that no output is missed.
 */
export class JupyterKernel implements Kernel {
  readonly #spec: KernelSpec;
  readonly #folder: KernelFolder;
  readonly #process: KernelProcess;
  readonly #messages: JupyterMessages;
  readonly #shell = new Dealer({ linger: 0 });
  readonly #control = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ linger: 0 });
  readonly #lost: Promise<never>;
  #running: Running | undefined;
  readonly #heard = Promise.withResolvers<true>();
  #closing: Promise<void> | undefined;

  private constructor(params: {
    readonly spec: KernelSpec;
    readonly folder: KernelFolder;
    readonly process: KernelProcess;
    readonly connection: Connection;
  }) {
    const { spec, folder, process, connection } = params;
    this.#spec = spec;
    this.#folder = folder;
    this.#process = process;
    this.#messages = new JupyterMessages(connection.key);
    this.#shell.connect(connection.address("shell"));
    this.#control.connect(connection.address("control"));
    this.#iopub.connect(connection.address("iopub"));
    this.#iopub.subscribe();
    this.#lost = process.ended.then((how) => {
      throw new KernelLost(`the kernel ${spec.name} ended ${how}`);
    });
    this.#lost.catch(() => {});
    void this.#listen(this.#shell, (message) => this.#onShell(message));
    void this.#listen(this.#control, () => {});
    void this.#listen(this.#iopub, (message) => this.#onIopub(message));
  }

  static async start(spec: KernelSpec, signal: AbortSignal): Promise<JupyterKernel> {
    const folder = await KernelFolder.make();
    let process: KernelProcess | undefined;
    let kernel: JupyterKernel | undefined;
    try {
      const connection = await makeConnection(spec, folder);
      process = await KernelProcess.start(spec, { folder, connectionFile: connection.file });
      kernel = new JupyterKernel({ spec, folder, process, connection });
      await kernel.#untilReady(signal);
      return kernel;
    } catch (error) {
      if (kernel !== undefined) await kernel.close();
      else await process?.end();
      await folder.remove();
      throw error;
    }
  }

  async addFile(relative: string, path: string): Promise<void> {
    await this.#folder.add(relative, path);
  }

  async addText(relative: string, text: string): Promise<void> {
    await this.#folder.addText(relative, text);
  }

  get ended(): Promise<unknown> {
    return this.#process.ended;
  }

  async run(source: string, { timeoutMs }: RunParams): Promise<CellRun> {
    const { id, frames } = this.#messages.pack({
      type: "execute_request",
      content: {
        ...{ code: source, silent: false, store_history: true, user_expressions: {} },
        ...{ allow_stdin: false, stop_on_error: true },
      },
    });
    const running: Running = {
      ...{ requestId: id, outputs: new OutputCollector(), isIdle: false },
      done: Promise.withResolvers<void>(),
    };
    this.#running = running;
    await this.#shell.send(frames);
    const inTime = await this.#inTime(running.done.promise, timeoutMs);
    if (!inTime) await this.#interrupt(running);
    this.#running = undefined;
    const { outputs } = running.outputs;
    if (!inTime) return { outputs, failure: { kind: "timed_out" } };
    const count = running.reply?.content.execution_count;
    const failure = failureOf(running.reply);
    return {
      outputs,
      ...(typeof count === "number" && { executionCount: count }),
      ...(failure !== undefined && { failure }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#process.end();
    for (const socket of [this.#shell, this.#control, this.#iopub]) socket.close();
    await this.#folder.remove();
  }

  /** It answers on `shell`, and what it says on `iopub` reaches us: subscribing takes its time. */
  async #untilReady(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + startMs;
    for (let isHeard = false; !isHeard; ) {
      signal.throwIfAborted();
      if (performance.now() > deadline) {
        throw new KernelLost(
          `the kernel ${this.#spec.name} has not answered for ${startMs / 1_000} s after its start`,
        );
      }
      await this.#ask(this.#shell, { type: "kernel_info_request", content: {} });
      isHeard = await Promise.race([this.#heard.promise, sleep(askMs, false), this.#lost]);
    }
  }

  async #ask(socket: Dealer, request: Request): Promise<void> {
    await socket.send(this.#messages.pack(request).frames);
  }

  async #inTime(done: Promise<void>, timeoutMs: number | undefined): Promise<boolean> {
    if (timeoutMs === undefined) {
      await Promise.race([done, this.#lost]);
      return true;
    }
    const timer = new AbortController();
    const late = sleep(timeoutMs, false, { signal: timer.signal });
    late.catch(() => {});
    try {
      return await Promise.race([done.then(() => true), late, this.#lost]);
    } finally {
      timer.abort();
    }
  }

  async #interrupt(running: Running): Promise<void> {
    if (this.#spec.interruptMode === "signal") this.#process.interrupt();
    else await this.#ask(this.#control, { type: "interrupt_request", content: {} });
    const grace = sleep(interruptGraceMs, undefined, { ref: false });
    await Promise.race([running.done.promise, grace, this.#lost]).catch(() => {});
  }

  async #listen(
    socket: Dealer | Subscriber,
    take: (message: JupyterMessage) => void,
  ): Promise<void> {
    try {
      for await (const frames of socket) {
        const message = this.#messages.unpack(frames);
        if (message !== undefined) take(message);
      }
    } catch {
      // closed meanwhile
    }
  }

  #onShell(message: JupyterMessage): void {
    const running = this.#running;
    if (running === undefined || message.parentId !== running.requestId) return;
    if (message.type !== "execute_reply") return;
    running.reply = message;
    this.#settle(running);
  }

  #onIopub(message: JupyterMessage): void {
    this.#heard.resolve(true);
    const running = this.#running;
    if (running === undefined || message.parentId !== running.requestId) return;
    if (message.type === "status") {
      running.isIdle ||= message.content.execution_state === "idle";
      this.#settle(running);
    } else running.outputs.take(message);
  }

  #settle({ reply, isIdle, done }: Running): void {
    if (reply !== undefined && isIdle) done.resolve();
  }
}

function failureOf(reply: JupyterMessage | undefined): CellFailure | undefined {
  if (reply?.content.status === "ok") return undefined;
  const { ename, evalue, traceback } = reply?.content ?? {};
  const lines = withoutAnsi(Array.isArray(traceback) ? traceback.join("\n") : "");
  const message = withoutAnsi(String(evalue ?? ""));
  const line = lineIn(lines) ?? lineIn(message);
  return {
    kind: "raised",
    name: String(ename ?? "Error"),
    message,
    ...(line !== undefined && { line }),
  };
}

/** As IPython, xeus and the compilers behind others tell it. */
function lineIn(text: string): number | undefined {
  const found =
    /Cell In\s*\[\d+\], line (\d+)/.exec(text) ??
    /<ipython-input-[^>]*>, line (\d+)/.exec(text) ??
    /\(?\d*\.py, line (\d+)\)/.exec(text) ??
    /input_line_\d+:(\d+):\d+: error/.exec(text) ??
    /^\s*:?(\d+):\d+: error/m.exec(text);
  return found === null ? undefined : Number(found[1]);
}
