import { existsSync } from "node:fs";
import { join } from "node:path";
import type { WorkerTiming } from "../src/domain/launch.ts";
import type * as DirectExecutorModule from "../src/executor/direct/direct-executor.ts";
import type * as DockerExecutorModule from "../src/executor/docker/docker-executor.ts";
import type * as InlineExecutorModule from "../src/executor/inline/inline-executor.ts";
import type * as WorkerApiModule from "../src/library/worker-api-for.ts";
import type * as StoreModule from "../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../src/store/task-store.ts";
import type { PoolSpec } from "../src/supervisor/pool.ts";
import type * as SupervisorModule from "../src/supervisor/supervisor.ts";
import { type BenchOptions, synchronousOf } from "./options.ts";

/** What users run is what is measured: the built package, or the sources when there is none. */
const isBuilt = existsSync(new URL("../dist/worker/main.js", import.meta.url));

async function load<Module>(path: string): Promise<Module> {
  return (await import(moduleUrl(path))) as Module;
}

function moduleUrl(path: string): string {
  return new URL(isBuilt ? `../dist/${path}.js` : `../src/${path}.ts`, import.meta.url).href;
}

const { openSqliteStore } = await load<typeof StoreModule>("store/sqlite/open-sqlite-store");
const { DirectExecutor } = await load<typeof DirectExecutorModule>(
  "executor/direct/direct-executor",
);
const { DockerExecutor } = await load<typeof DockerExecutorModule>(
  "executor/docker/docker-executor",
);
const { workerApiFor } = await load<typeof WorkerApiModule>("library/worker-api-for");
const { InlineExecutor } = await load<typeof InlineExecutorModule>(
  "executor/inline/inline-executor",
);
const { Supervisor } = await load<typeof SupervisorModule>("supervisor/supervisor");

const handlers = {
  "idle-worker": new URL("programs/idle-worker.js", import.meta.url).href,
  "counting-worker": new URL("programs/counting-worker.ts", import.meta.url).href,
  "marking-worker": new URL("programs/marking-worker.ts", import.meta.url).href,
  "peer-task": new URL("peers/programs/peer-task.ts", import.meta.url).href,
  command: moduleUrl("workers/command/command-worker"),
  agent: moduleUrl("workers/agent/agent-worker"),
};

export function databaseIn(folder: string): string {
  return join(folder, "bench.db");
}

export function openStore(folder: string, options: BenchOptions): Promise<TaskStore> {
  return openStoreAt(databaseIn(folder), synchronousOf[options.class]);
}

export function openStoreAt(
  path: string,
  synchronous: "full" | "normal" | "off",
): Promise<TaskStore> {
  return openSqliteStore({ path, synchronous });
}

export interface PoolOrder {
  readonly folder: string;
  readonly options: BenchOptions;
  readonly handler: keyof typeof handlers;
  readonly workers: number;
  readonly concurrency: number;
  readonly timing?: Partial<WorkerTiming>;
  /** `direct` (processes) when left out; `inline` is threads of this process. */
  readonly mode?: "direct" | "inline" | "docker";
  /** Of the containers. */
  readonly image?: string;
  /** The handler's own, beside the folder. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Pool {
  /** Resolves with the workers' pids once all of them are ready. */
  ready(): Promise<number[]>;
  stop(): Promise<void>;
}

/** Worker processes under a supervisor in this process. */
export async function startPool(order: PoolOrder): Promise<Pool> {
  const { folder, options, timing = {}, mode = "direct" } = order;
  const store = await openStore(folder, options);
  const executor = executorFor(mode);
  const supervisor = new Supervisor({
    store,
    executors: new Map([[mode, executor]]),
    pools: [specOf(order)],
    link: { kind: "store", path: databaseIn(folder), synchronous: synchronousOf[options.class] },
    logFolder: join(folder, "logs"),
    checkpointFolder: join(folder, "checkpoints"),
    timing,
    workerApi: workerApiFor(databaseIn(folder), { run: "bench" }),
    ...(timing.leaseMs !== undefined && { silence: { stalledAfterMs: 2 * timing.leaseMs } }),
    sweepMs: timing.leaseMs === undefined ? 3_000 : timing.leaseMs / 3,
    startupParallel: order.workers,
    admission: { force: true },
    onError: (error) => console.error(error),
  });
  await supervisor.start();
  return {
    async ready() {
      await supervisor.whenSettled();
      const workers = await store.listWorkers({ states: ["idle", "busy"] });
      return workers.flatMap(({ process }) => process?.pid ?? []);
    },
    async stop() {
      await supervisor.stop();
      await executor.close();
      await store.close();
    },
  };
}

function executorFor(mode: "direct" | "inline" | "docker") {
  if (mode === "direct") return new DirectExecutor();
  if (mode === "docker") return new DockerExecutor();
  return new InlineExecutor({ entry: new URL(moduleUrl("worker/thread-main")) });
}

function specOf(order: PoolOrder): PoolSpec {
  const { folder, handler, workers, concurrency, mode = "direct", image } = order;
  const type = handler === "command" || handler === "agent" ? handler : "bench";
  return {
    name: type,
    type,
    queue: "default",
    mode,
    count: workers,
    concurrency,
    handler: handlers[handler],
    settings: { folder, ...order.settings },
    persistent: false,
    expectedMemory: 64 * 1024 * 1024,
    restart: {
      maxRestarts: 1_000,
      windowMs: 60_000,
      delayMs: 20,
      maxDelayMs: 100,
      healthyAfterMs: 1_000,
    },
    startupTimeoutMs: 30_000,
    configSource: "bench",
    ...(image !== undefined && {
      ...{ image, folders: [{ path: folder, access: "read" as const }] },
      container: { network: "none", pull: "never", link: "api", pidsLimit: 512 } as const,
    }),
  };
}
