import { existsSync } from "node:fs";
import { onTestFinished } from "vitest";
import { builtInTypes } from "../../src/config/schema/worker-types.ts";
import type { Task } from "../../src/domain/task.ts";
import { isFinal } from "../../src/domain/task-state.ts";
import type { Worker } from "../../src/domain/worker.ts";
import { isLive } from "../../src/domain/worker-state.ts";
import { makeExecutors } from "../../src/library/make-executors.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { endRemains } from "../../src/supervisor/recovery/end-remains.ts";
import { ClxSite, type RunningClx, type RunOptions } from "./clx.ts";
import { GatedProgram } from "./gated-program.ts";
import { until } from "./until.ts";
import { handlerAt } from "./worker-stage.ts";

export type ServeMode = "inline" | "standalone" | "managed";

export interface ServeOptions extends RunOptions {
  /** Further words of the command line. */
  readonly args?: readonly string[];
}

/** A folder of its own in which `clx serve` is started as users start it. */
export class ServerSite extends ClxSite {
  #store: Promise<TaskStore> | undefined;

  /**
   * Its workers run programs; with `actor`, there are some of the type "actor" as well. Of the
   * other types that ship it has none, unless it is told otherwise.
   */
  constructor({
    actor = false,
    config = "",
  }: { readonly actor?: boolean; readonly config?: string } = {}) {
    super();
    const ofActor = actor ? `[workers.actor]\nhandler = "${handlerAt("actor.ts")}"\n` : "";
    const ofOthers = Object.keys(builtInTypes)
      .filter((type) => type !== "command" && !config.includes(`[workers.${type}]`))
      .map((type) => `[workers.${type}]\ncount = 0\n`);
    this.writeConfig([config, ofActor, ...ofOthers].join("\n"));
    onTestFinished(() => this.#endWorkers());
  }

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

  gated(options?: { readonly isStubborn?: boolean }): GatedProgram {
    return new GatedProgram(this.folder, options);
  }

  async workers(): Promise<readonly Worker[]> {
    return (await (await this.store()).listWorkers({})).filter(({ state }) => isLive(state));
  }

  async task(id: string): Promise<Task> {
    const task = await (await this.store()).findTask(id);
    if (task === undefined) throw new Error(`no task ${id}`);
    return task;
  }

  untilTask(id: string, holds: (task: Task) => boolean): Promise<Task> {
    return until(async () => {
      const task = await this.task(id);
      return holds(task) ? task : undefined;
    });
  }

  untilEnded(id: string): Promise<Task> {
    return this.untilTask(id, ({ state }) => isFinal(state));
  }

  /** A server that was killed may have left some. */
  async #endWorkers(): Promise<void> {
    if (!existsSync(this.databasePath)) return;
    const store = await openSqliteStore({ path: this.databasePath });
    const executors = makeExecutors();
    for (const worker of await store.listWorkers({}))
      if (!isPlayed(worker)) await endRemains(worker, executors);
    await store.close();
  }
}

/** Workers that a test plays have no process on this machine. */
function isPlayed({ process }: Worker): boolean {
  return process?.host === "elsewhere";
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

  /** Its id, once it is durable. */
  async submit(task: Readonly<Record<string, unknown>>): Promise<string> {
    const response = await this.send("POST", "/api/tasks", task);
    const answer = (await response.json()) as { readonly taskId: string };
    if (response.status !== 202) throw new Error(`submit: ${JSON.stringify(answer)}`);
    return answer.taskId;
  }

  async run(argv: readonly string[], more: object = {}): Promise<string> {
    return await this.submit({ type: "command", payload: { argv }, ...more });
  }

  /** Told to stop, as by a terminal or a service manager; resolves once it has ended. */
  async stop(signal: NodeJS.Signals = "SIGTERM") {
    this.running.kill(signal);
    return await this.running.end;
  }
}
