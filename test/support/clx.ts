import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { until } from "./until.ts";

const entry = fileURLToPath(new URL("./clx-from-source.ts", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Run it as this user; only the administrator may. */
  readonly uid?: number;
  readonly gid?: number;
}

/** A folder of its own in which `clx` is run as users run it: a process for each command. */
export class ClxSite {
  readonly folder = mkdtempSync(join(tmpdir(), "clx-cli-"));

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 }));
  }

  get databasePath(): string {
    return join(this.folder, ".clx", "clx_jobs.db");
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return await this.start(args, options).end;
  }

  /** The stdout of a command that must succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const outcome = await this.run(args);
    if (outcome.code !== 0) {
      throw new Error(`clx ${args.join(" ")} gave ${outcome.code}: ${outcome.stderr}`);
    }
    return outcome.stdout.trim();
  }

  /** The one JSON document that a command prints. */
  async json<T = Record<string, unknown>>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.ok("--json", ...args)) as T;
  }

  /** The configuration of whoever runs the tests does not count. */
  start(args: readonly string[], { env, ...options }: RunOptions = {}): RunningClx {
    const away = join(this.folder, "nothing");
    const ours = { XDG_CONFIG_HOME: away, CLX_SYSTEM_FOLDER: away };
    return new RunningClx(args, { cwd: this.folder, env: { ...ours, ...env }, ...options });
  }

  /** Its stdout is closed before it can be read. */
  async pipedIntoNobody(args: readonly string[]): Promise<Outcome> {
    const running = this.start(args);
    running.closeOutput();
    return await running.end;
  }

  /** Its `.clx/config.toml`. */
  writeConfig(text: string): void {
    mkdirSync(join(this.folder, ".clx"), { recursive: true });
    writeFileSync(join(this.folder, ".clx", "config.toml"), text);
  }

  async openStore(): Promise<TaskStore> {
    const store = await openSqliteStore({ path: this.databasePath });
    onTestFinished(() => store.close());
    return store;
  }
}

/** A `clx` that runs; it is killed with the test if it has not ended by then. */
export class RunningClx {
  readonly end: Promise<Outcome>;
  readonly pid: number;
  #stdout = "";
  #stderr = "";
  #ended: Outcome | undefined;
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(args: readonly string[], { cwd, env, input, uid, gid }: RunOptions) {
    const child = spawn(process.execPath, [entry, ...args], {
      cwd,
      env: { ...withoutOurs(process.env), ...env },
      stdio: ["pipe", "pipe", "pipe"],
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    this.pid = child.pid ?? 0;
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
    this.end = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        this.#ended = { code, signal, stdout: this.#stdout, stderr: this.#stderr };
        resolve(this.#ended);
      });
    });
    onTestFinished(async () => {
      if (!this.#ended) child.kill("SIGKILL");
      await this.end;
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  closeOutput(): void {
    this.#child.stdout.destroy();
  }

  /** Waits until it has said so, on either stream. */
  async says(pattern: RegExp): Promise<void> {
    await until(
      () => {
        if (pattern.test(this.#stdout) || pattern.test(this.#stderr)) return true;
        if (this.#ended)
          throw new Error(`it ended without ${pattern}: ${JSON.stringify(this.#ended)}`);
        return false;
      },
      { withinMs: 60_000, what: `${pattern} said by clx` },
    );
  }
}

/** Settings of the person who runs the tests must not reach the commands. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = Object.entries(env).filter(
    ([name]) =>
      !/^(CLX_(?!TEST)|WORKER_|QUEUE_|DB_PATH|NO_COLOR|FORCE_COLOR|NODE_OPTIONS)/.test(name),
  );
  return Object.fromEntries(foreign);
}
