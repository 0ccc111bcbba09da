import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { WorkerNotFoundError } from "../domain/errors.ts";
import { newWorkerId } from "../domain/ids.ts";
import { defaultTiming, type LinkSpec } from "../domain/launch.ts";
import type { NewWorker, WorkerUsage } from "../domain/worker.ts";
import { isLive } from "../domain/worker-state.ts";
import type {
  WorkerExecutor as Executor,
  RunningWorker,
  WorkerExit,
} from "../executor/executor.ts";
import type { WorkerLinks } from "../link/worker-link.ts";
import { tailOf } from "../machine/log-file.ts";
import { ownIdentity } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";
import { explainExit } from "../supervisor/explain-exit.ts";
import type { PoolSpec } from "../supervisor/pool.ts";
import { refOf } from "../supervisor/recovery/end-remains.ts";
import { type EngineParams, LibraryEngine } from "./library-engine.ts";
import type { WorkerConfig } from "./worker-config.ts";
import { WorkerExecutor } from "./worker-executor.ts";

const stopGraceMs = 12_000;

interface Started {
  readonly running: RunningWorker;
  /** Resolves once its row has ended too. */
  readonly buried: Promise<void>;
  isBeingStopped: boolean;
}

export interface OwnWorkerExecutorParams extends EngineParams {
  readonly executor: Executor;
  /** For workers that do not open the database. */
  readonly workerApi?: (store: TaskStore) => WorkerLinks;
}

/** Starts workers one by one by one executor; they leave when this process ends. */
export abstract class OwnWorkerExecutor extends WorkerExecutor {
  readonly #engine: LibraryEngine;
  readonly #executor: Executor;
  readonly #workerApi: OwnWorkerExecutorParams["workerApi"];
  readonly #started = new Map<string, Started>();
  #links: WorkerLinks | undefined;

  constructor({ executor, workerApi, ...params }: OwnWorkerExecutorParams) {
    super();
    this.#engine = new LibraryEngine(params);
    this.#executor = executor;
    this.#workerApi = workerApi;
  }

  override async startWorker(config: WorkerConfig, index = 0): Promise<string> {
    const mode = this.executionMode;
    const pool = { ...this.#engine.poolOf(config), mode };
    await this.#executor.prepare?.(pool);
    const id = newWorkerId(mode, pool.type, index);
    const logPath = join(this.#engine.folders.logFolder, `${id}.log`);
    const launchToken = randomBytes(32).toString("hex");
    const store = await this.#engine.store();
    const worker = describe(pool, { id, logPath, launchToken });
    await store.registerWorker({ worker, now: Date.now() });
    const running = await this.#start(pool, { id, logPath, launchToken });
    const { process } = running.ref;
    const executorRef = JSON.parse(JSON.stringify(running.ref));
    await store.recordProcess({ workerId: id, executorRef, ...(process && { process }) });
    const started: Started = {
      running,
      isBeingStopped: false,
      buried: running.exit.then((exit) => this.#bury(id, exit, logPath)),
    };
    started.buried.catch(() => {}); // whoever stops it is told
    this.#started.set(id, started);
    return id;
  }

  override async stopWorker(
    workerId: string,
    { graceMs = stopGraceMs }: { readonly graceMs?: number } = {},
  ): Promise<void> {
    const started = this.#started.get(workerId);
    if (!started) return;
    started.isBeingStopped = true;
    await started.running.stop({ graceMs });
    await started.buried;
  }

  override async isWorkerRunning(workerId: string): Promise<boolean> {
    return await this.#executor.isRunning(await this.#refOf(workerId));
  }

  override async getWorkerStats(workerId: string): Promise<WorkerUsage | undefined> {
    return await this.#executor.stats(await this.#refOf(workerId));
  }

  override async cleanup(): Promise<void> {
    const stops = [...this.#started.keys()].map((id) => this.stopWorker(id));
    await Promise.allSettled(stops);
    await this.#links?.close();
    await this.#executor.close();
    await this.#engine.close();
    await Promise.all(stops);
  }

  async #start(pool: PoolSpec, { id, logPath, launchToken }: Names): Promise<RunningWorker> {
    const { type, handler, concurrency, settings, memoryLimit, env } = pool;
    const { image, folders, container } = pool;
    const limit = memoryLimit === undefined ? {} : { memoryLimit };
    try {
      const launch = {
        ...{ workerId: id, launchToken, type, handler, concurrency, logPath, ...limit },
        link: await this.#linkFor(id),
        leaveWithParent: true,
        timing: defaultTiming,
        checkpointFolder: this.#engine.folders.checkpointFolder,
        ...(settings && { settings }),
      };
      return await this.#executor.start({
        ...{ launch, logPath, ...limit, ...(env && { env }) },
        ...(image !== undefined && { image }),
        ...(folders && { folders }),
        ...(container && { container }),
      });
    } catch (error) {
      await this.#endRow(id, { kind: "lost", reason: (error as Error).message }, logPath);
      throw error;
    }
  }

  async #linkFor(id: string): Promise<LinkSpec> {
    if (this.#workerApi === undefined) return { kind: "store", path: this.#engine.dbPath };
    this.#links ??= this.#workerApi(await this.#engine.store());
    return await this.#links.linkFor(id);
  }

  async #bury(id: string, exit: WorkerExit, logPath: string): Promise<void> {
    await this.#executor.cleanup({ workerId: id });
    await this.#endRow(id, exit, logPath);
  }

  async #endRow(id: string, exit: WorkerExit, logPath: string): Promise<void> {
    const store = await this.#engine.store();
    const row = await store.findWorker(id);
    if (!row || !isLive(row.state)) return;
    const wasReady = row.activatedAt !== undefined;
    const failure = explainExit({
      workerId: id,
      exit,
      logTail: tailOf(logPath),
      oomKills: 0,
      wasReady,
    });
    const stopped = this.#started.get(id)?.isBeingStopped ?? false;
    await store.endWorker({
      workerId: id,
      event: stopped ? "leave" : "fail",
      ending: { reason: stopped ? "it was stopped" : failure.message },
      tasks: stopped ? { kind: "released" } : { kind: "failed", failure },
      now: Date.now(),
      jitter: Math.random(),
    });
  }

  async #refOf(workerId: string) {
    const started = this.#started.get(workerId);
    if (started) return started.running.ref;
    const row = await (await this.#engine.store()).findWorker(workerId);
    if (!row) throw new WorkerNotFoundError(workerId);
    return refOf(row);
  }
}

interface Names {
  readonly id: string;
  readonly logPath: string;
  readonly launchToken: string;
}

function describe(pool: PoolSpec, { id, logPath, launchToken }: Names): NewWorker {
  const { type, queue, mode, concurrency, expectedMemory, memoryLimit, configSource } = pool;
  return {
    ...{ id, type, queue, mode, concurrency, expectedMemory, logPath, configSource },
    persistent: false,
    parent: ownIdentity(),
    ...(memoryLimit !== undefined && { memoryLimit }),
    launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
  };
}
