import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { newId, newWorkerId } from "../../src/domain/ids.ts";
import {
  type ApiLinkSpec,
  defaultTiming,
  type LaunchDocument,
  type LinkSpec,
  type StoreLinkSpec,
  type WorkerTiming,
} from "../../src/domain/launch.ts";
import { defaultRetry, type NewTask, type Task } from "../../src/domain/task.ts";
import { isFinal } from "../../src/domain/task-state.ts";
import type { NewWorker, Worker } from "../../src/domain/worker.ts";
import { WorkerApiHost, workerApiPlace } from "../../src/link/api/worker-api-host.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import type { Act } from "../programs/handlers/actor.ts";
import { until } from "./until.ts";

const workerMain = fileURLToPath(new URL("../../src/worker/main.ts", import.meta.url));

/** URL of a handler of `test/programs/handlers/`. */
export function handlerAt(name: string): string {
  return new URL(`../programs/handlers/${name}`, import.meta.url).href;
}

/** The same tests, of workers that reach the store through the worker API: `CLX_TEST_LINK=api`. */
export const overApi = process.env.CLX_TEST_LINK === "api";

/** Short enough for tests, long enough for a busy machine. */
export const quickTiming: WorkerTiming = {
  ...defaultTiming,
  heartbeatMs: 200,
  leaseMs: 600,
  pollMs: 300,
  abortGraceMs: 500,
  stopGraceMs: 5_000,
  sampleMs: 100,
};

export interface WorkerWish {
  /** By default "actor". */
  readonly type?: string;
  readonly handler?: string;
  readonly concurrency?: number;
  readonly timing?: Partial<WorkerTiming>;
  readonly memoryLimit?: number;
  readonly leaveWithParent?: boolean;
  readonly sessionId?: string;
  readonly link?: Partial<StoreLinkSpec> | ApiLinkSpec;
}

export interface StartedWorker {
  readonly id: string;
  readonly child: ChildProcess;
  readonly launch: LaunchDocument;
  /** The parent's end: destroyed, the worker's parent is gone. */
  readonly lifeline: Writable;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  log(): string;
}

/** A store in a folder of its own, and workers of the type "actor" in real processes. */
export class WorkerStage {
  readonly folder: string;
  readonly path: string;
  readonly store: TaskStore;
  readonly #api: WorkerApiHost;

  private constructor(folder: string, store: TaskStore) {
    this.folder = folder;
    this.path = join(folder, "clx.db");
    this.store = store;
    this.#api = new WorkerApiHost({ store, place: workerApiPlace(this.path, "server") });
    onTestFinished(() => this.#api.close());
  }

  static async open(): Promise<WorkerStage> {
    const folder = mkdtempSync(join(tmpdir(), "clx-worker-"));
    const store = await openSqliteStore({ path: join(folder, "clx.db") });
    onTestFinished(async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return new WorkerStage(folder, store);
  }

  /** Pre-registers a worker and writes its launch document, as a supervisor does. */
  async register(wish: WorkerWish = {}): Promise<LaunchDocument> {
    const { type = "actor", concurrency = 1, memoryLimit, sessionId } = wish;
    const { leaveWithParent = true } = wish;
    const workerId = newWorkerId("direct", type, 0);
    const launchToken = newId(Date.now());
    const logPath = join(this.folder, `${workerId}.log`);
    const worker: NewWorker = {
      id: workerId,
      type,
      queue: "default",
      mode: "direct",
      concurrency,
      persistent: false,
      expectedMemory: 1,
      logPath,
      launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
      ...(memoryLimit !== undefined && { memoryLimit }),
      ...(sessionId !== undefined && { sessionId }),
    };
    await this.store.registerWorker({ worker, now: Date.now() });
    return {
      workerId,
      launchToken,
      type,
      link: await this.#linkFor(workerId, wish.link),
      handler: wish.handler ?? handlerAt("actor.ts"),
      concurrency,
      leaveWithParent,
      timing: { ...quickTiming, ...wish.timing },
      logPath,
      checkpointFolder: join(this.folder, "checkpoints"),
      ...(memoryLimit !== undefined && { memoryLimit }),
    };
  }

  async #linkFor(workerId: string, wish: WorkerWish["link"]): Promise<LinkSpec> {
    if (wish?.kind === "api") return wish;
    if (!overApi) return { kind: "store", path: this.path, ...wish };
    const { patienceMs } = wish ?? {};
    return await this.#api.linkFor(workerId, { ...(patienceMs !== undefined && { patienceMs }) });
  }

  /** @param lifelineFd 0: its standard input, as in containers */
  spawn(launch: LaunchDocument, entry = workerMain, lifelineFd: 0 | 3 = 3): StartedWorker {
    const logPath = launch.logPath ?? join(this.folder, "worker.log");
    const log = openSync(logPath, "a");
    const isStdin = lifelineFd === 0;
    const args = ["--disable-warning=ExperimentalWarning", entry, ...(isStdin ? ["0"] : [])];
    const child = spawn(process.execPath, args, {
      stdio: isStdin ? ["pipe", log, log] : ["ignore", log, log, "pipe"],
      detached: true,
      env: { ...process.env, CLX_WORKER_ID: launch.workerId },
    });
    closeSync(log);
    const lifeline = child.stdio[lifelineFd] as Writable;
    lifeline.on("error", () => {});
    lifeline.write(`${JSON.stringify(launch)}\n`);
    const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
    onTestFinished(async ({ task }) => {
      child.kill("SIGKILL");
      await ended;
      if (task.result?.state === "fail") console.error(readFileSync(logPath, "utf8").slice(-4_000));
    });
    return {
      id: launch.workerId,
      child,
      launch,
      lifeline,
      ended,
      log: () => readFileSync(logPath, "utf8"),
    };
  }

  /** Starts the worker under a parent of its own, which the test may kill. */
  spawnUnderParent(launch: LaunchDocument): ChildProcess {
    const program = fileURLToPath(
      new URL("../programs/supervisors/hands-over-a-launch.ts", import.meta.url),
    );
    const parent = spawn(process.execPath, [program, workerMain, JSON.stringify(launch)], {
      stdio: "ignore",
    });
    onTestFinished(() => {
      parent.kill("SIGKILL");
    });
    return parent;
  }

  async start(wish: WorkerWish = {}): Promise<StartedWorker> {
    return this.spawn(await this.register(wish));
  }

  /** Starts a worker and waits until it is idle. */
  async startReady(wish: WorkerWish = {}): Promise<StartedWorker> {
    const worker = await this.start(wish);
    await this.untilWorker(worker.id, ({ activatedAt }) => activatedAt !== undefined);
    return worker;
  }

  async submit(act: Act, more: Partial<NewTask> = {}): Promise<string> {
    const [id = ""] = await this.submitAll([act], more);
    return id;
  }

  /** All at once. */
  async submitAll(acts: readonly Act[], more: Partial<NewTask> = {}): Promise<readonly string[]> {
    const now = Date.now();
    const tasks = acts.map(
      (act): NewTask => ({
        id: newId(now),
        type: "actor",
        queue: "default",
        payload: { ...act },
        priority: 0,
        retry: { ...defaultRetry, backoffMs: 1 },
        after: [],
        onDependencyFailure: "skip",
        ...more,
      }),
    );
    await this.store.submit({ tasks, now });
    return tasks.map(({ id }) => id);
  }

  async task(id: string): Promise<Task> {
    const task = await this.store.findTask(id);
    if (task === undefined) throw new Error(`no task ${id}`);
    return task;
  }

  async worker(id: string): Promise<Worker> {
    const worker = await this.store.findWorker(id);
    if (worker === undefined) throw new Error(`no worker ${id}`);
    return worker;
  }

  untilTask(id: string, holds: (task: Task) => boolean): Promise<Task> {
    return until(async () => {
      const task = await this.task(id);
      return holds(task) ? task : undefined;
    });
  }

  untilWorker(id: string, holds: (worker: Worker) => boolean): Promise<Worker> {
    return until(async () => {
      const worker = await this.worker(id);
      return holds(worker) ? worker : undefined;
    });
  }

  untilEnded(id: string): Promise<Task> {
    return this.untilTask(id, ({ state }) => isFinal(state));
  }

  untilRunning(id: string): Promise<Task> {
    return this.untilTask(id, ({ state }) => state === "running");
  }

  /** Resolves once the handler has begun, which is a while after the store says that it runs. */
  async begin(act: Act, more: Partial<NewTask> = {}): Promise<string> {
    const journal = join(this.folder, `journal-${newId(Date.now())}`);
    const id = await this.submit({ ...act, journal }, more);
    await until(() => existsSync(journal), { what: `the beginning of ${act.act}` });
    return id;
  }

  /** Submits, and waits for the end. */
  async run(act: Act, more: Partial<NewTask> = {}): Promise<Task> {
    return this.untilEnded(await this.submit(act, more));
  }
}
