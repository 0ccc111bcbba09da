import type { Worker } from "../../domain/worker.ts";
import type { EndedWorker } from "../../store/task-store.ts";
import type { Admission } from "../../supervisor/admission.ts";
import type { PoolStatus } from "../../supervisor/status.ts";
import type { ServeMode } from "../server-settings.ts";

/**
 * The workers of a server, whatever its mode.
 *
 *   inline      worker threads of the server's own process: nothing else to start, nothing left
 *               behind, and the server goes on answering while they compute
 *   standalone  none; others run `clx worker`, `clx supervise` or `clx start-services`
 *   managed     child processes, kept by a supervisor in this process, replaced with back-off;
 *               when the server is killed they go on, and the next one adopts them
 *
 * Draining and aborting reach every worker of the store in every mode; adding, and ending one
 * for good under its served name, need the managed mode and are `not_managed` elsewhere.
 *
 * Served names. The HTTP API of spec 4 speaks of `worker-0`, `worker-1`, …: places that are
 * filled again when their process dies. A worker of the store is one process. `places` has both.
 */
export interface Workforce {
  readonly mode: ServeMode;

  /** Resolves once the workers are on their way; they become ready in their own time. */
  start(): Promise<void>;

  /**
   * Takes no more tasks, lets running ones end for up to `graceMs`, gives the rest back, and
   * resolves once nothing of it is left. What is queued stays in the store.
   */
  stop(params: { readonly graceMs: number }): Promise<void>;

  /** The stop that is under way, or comes next, gives nobody time. */
  hurry(): void;

  /** In managed and inline mode its own pools; none in standalone. */
  pools(): Promise<readonly PoolStatus[]>;

  /** Served places: its own in managed and inline mode, else every live worker of the store. */
  places(): Promise<readonly WorkerPlace[]>;

  /** The worker types it has pools for. */
  readonly types: readonly string[];

  /** Whether one more could be added now, and the numbers behind that. In every mode. */
  mayAdd(params: { readonly type?: string; readonly force?: boolean }): Promise<Admission>;

  /**
   * Adds one and resolves once it has been started. Its name stays its own until it is removed.
   *
   * @throws ClxError `not_managed`, `conflict` when the name is taken, `unknown_worker_type`
   * @throws AdmissionRefusedError unless `force`, and always at the ceiling
   */
  add(params: AddPlaceParams): Promise<WorkerPlace>;

  /** Ends a place for good: its worker finishes what it does and nobody follows. */
  remove(name: string): Promise<void>;

  /** It finishes what it has and leaves. By its id in the store. */
  drain(workerId: string): Promise<Worker>;

  /** Ends it now; resolves once nothing of it is left. Its steps are logged as events. */
  abort(workerId: string, params: { readonly tasks: "fail" | "requeue" }): Promise<EndedWorker>;
}

export interface AddPlaceParams {
  readonly name?: string;
  /** The only pool's when there is one. */
  readonly type?: string;
  readonly force?: boolean;
}

export interface WorkerPlace {
  readonly name: string;
  readonly type: string;
  /** Absent while nobody fills it: it starts, waits out a back-off, or gave up. */
  readonly worker?: Worker;
  /** How often it was filled again; 0 again after a healthy time. */
  readonly restarts: number;
  /** When its worker was started. */
  readonly since?: number;
  /** Whether its worker is alive and can be reached. */
  readonly connected: boolean;
  /** Why nobody fills it. */
  readonly trouble?: string;
}
