import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type WorkFolders, workFolders } from "../config/work-folders.ts";
import type { FolderGrant } from "../domain/container.ts";
import type { ExecutionMode } from "../domain/worker.ts";
import type { WorkerExecutor } from "../executor/executor.ts";
import { openSqliteStore } from "../store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { PoolSpec } from "../supervisor/pool.ts";
import { closeAll, makeExecutors } from "./make-executors.ts";
import type { WorkerConfig } from "./worker-config.ts";

export interface EngineParams {
  readonly dbPath: string;
  /** Workers are told it: as WORKSPACE_PATH in their environment, and in their settings. */
  readonly workspacePath?: string;
  /** Each worker's log file is in it; `logs` beside the database if absent. */
  readonly logFolder?: string;
}

/** What the classes of the library share: the store and the executors, opened when first needed. */
export class LibraryEngine {
  readonly dbPath: string;
  readonly folders: WorkFolders;
  readonly #workspacePath: string | undefined;
  #store: Promise<TaskStore> | undefined;
  #executors: ReadonlyMap<ExecutionMode, WorkerExecutor> | undefined;

  constructor({ dbPath, workspacePath, logFolder }: EngineParams) {
    this.dbPath = resolve(dbPath);
    this.folders = workFolders(this.dbPath, logFolder);
    this.#workspacePath = workspacePath === undefined ? undefined : resolve(workspacePath);
  }

  store(): Promise<TaskStore> {
    this.#store ??= openSqliteStore({ path: this.dbPath });
    return this.#store;
  }

  get executors(): ReadonlyMap<ExecutionMode, WorkerExecutor> {
    this.#executors ??= makeExecutors();
    return this.#executors;
  }

  poolOf(config: WorkerConfig, more: Parameters<WorkerConfig["toPool"]>[0] = {}): PoolSpec {
    const pool = this.#inContainer(config.toPool(more));
    if (this.#workspacePath === undefined) return pool;
    return {
      ...pool,
      env: { WORKSPACE_PATH: this.#workspacePath, ...pool.env },
      settings: { workspacePath: this.#workspacePath, ...pool.settings },
    };
  }

  /** Containers see the module that they run, and the workspace. */
  #inContainer(pool: PoolSpec): PoolSpec {
    if (pool.mode !== "docker") return pool;
    const folders: FolderGrant[] = [];
    if (pool.handler.startsWith("file:")) {
      folders.push({ path: dirname(fileURLToPath(pool.handler)), access: "read" });
    }
    if (this.#workspacePath !== undefined) {
      folders.push({ path: this.#workspacePath, access: "write" });
    }
    return { ...pool, folders };
  }

  async close(): Promise<void> {
    if (this.#executors) await closeAll(this.#executors);
    const store = await this.#store?.catch(() => undefined);
    await store?.close();
    this.#store = undefined;
    this.#executors = undefined;
  }
}
