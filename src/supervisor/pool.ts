import type { FolderGrant } from "../domain/container.ts";
import type { ContainerSettings } from "../domain/container-settings.ts";
import type { ExecutionMode } from "../domain/worker.ts";

/** What somebody wants: so many workers of a type, run in such a way. */
export interface PoolSpec {
  /** Names the pool across restarts of its supervisor; by default its type. */
  readonly name: string;
  readonly type: string;
  readonly queue: string;
  readonly mode: ExecutionMode;
  readonly count: number;
  readonly concurrency: number;
  /** URL of the module with the worker's definition. */
  readonly handler: string;
  readonly settings?: { readonly [key: string]: unknown };
  /** Its workers live on when the supervisor ends. */
  readonly persistent: boolean;
  /** Reserved for each worker by admission. */
  readonly expectedMemory: number;
  /** A worker's tree is ended above this. */
  readonly memoryLimit?: number;
  readonly restart: RestartPolicy;
  /** A worker that has not activated by then is ended. */
  readonly startupTimeoutMs: number;
  /** Where these settings came from, for the log: file, env, default, cli. */
  readonly configSource: string;
  /** Its workers go past the limits of admission, but never past the ceiling. */
  readonly isForced?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Of its containers; present whenever `mode` is `docker`. */
  readonly image?: string;
  /** What its containers may see of this machine. */
  readonly folders?: readonly FolderGrant[];
  /** How its containers are made. */
  readonly container?: ContainerSettings;
}

export interface RestartPolicy {
  /** More restarts than this within the window, and the pool gives up and says why. */
  readonly maxRestarts: number;
  readonly windowMs: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** A worker that was ready for this long was healthy: what came before it is forgotten. */
  readonly healthyAfterMs: number;
}

export const defaultRestart: RestartPolicy = {
  maxRestarts: 10,
  windowMs: 60_000,
  delayMs: 50,
  maxDelayMs: 30_000,
  healthyAfterMs: 30_000,
};

/** Its workers cannot open the database, or shall not: they are given links by the worker API. */
export function usesWorkerApi({ mode, container }: PoolSpec): boolean {
  return mode === "docker" && container?.link !== "database";
}
