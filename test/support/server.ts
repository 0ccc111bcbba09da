import type { TaskStore } from "../../src/store/task-store.ts";
import { ClxSite, type RunningClx, type RunOptions } from "./clx.ts";

export type ServeMode = "inline" | "standalone" | "managed";

export interface ServeOptions extends RunOptions {
  /** Further words of the command line. */
  readonly args?: readonly string[];
}

/** A folder of its own in which `clx serve` is started as users start it. */
export class ServerSite extends ClxSite {
  #store: Promise<TaskStore> | undefined;

  /** Resolves once it listens; killed with the test if it runs then. */
  async serve(mode: ServeMode, { args = [], ...options }: ServeOptions = {}): Promise<ServedClx> {
    const words = ["serve", "--mode", mode, "--port", "0", "--json", ...args];
    const running = this.start(words, options);
    await running.says(/"url":/);
    return new ServedClx(running);
  }

  store(): Promise<TaskStore> {
    this.#store ??= this.openStore();
    return this.#store;
  }
}

/** A `clx serve` that listens. */
export class ServedClx {
  readonly running: RunningClx;
  readonly url: string;
  /** What it said when it was ready. */
  readonly said: Readonly<Record<string, unknown>>;

  constructor(running: RunningClx) {
    const [line = ""] = running.stdout.split("\n");
    this.running = running;
    this.said = JSON.parse(line);
    this.url = String(this.said.url);
  }

  get pid(): number {
    return this.running.pid;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(`${this.url}${path}`, init);
  }

  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    return (await (await this.fetch(path)).json()) as T;
  }

  async send(method: string, path: string, body?: unknown): Promise<Response> {
    return await this.fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Told to stop, as by a terminal or a service manager; resolves once it has ended. */
  async stop(signal: NodeJS.Signals = "SIGTERM") {
    this.running.kill(signal);
    return await this.running.end;
  }
}
