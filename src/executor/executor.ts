import type { FolderGrant } from "../domain/container.ts";
import type { ContainerSettings } from "../domain/container-settings.ts";
import type { JsonValue } from "../domain/json.ts";
import type { LaunchDocument } from "../domain/launch.ts";
import type { ExecutionMode, WorkerUsage } from "../domain/worker.ts";

/**
 * One way to run workers: in this process, as child processes, in containers, or elsewhere.
 *
 * Theory of operation
 *
 * An executor starts and stops workers. It knows nothing of tasks, retries or pools, and never
 * touches the store: the worker itself does, through the link named in its launch document.
 *
 * `start` resolves as soon as there is something to stop, not when the worker is ready: it
 * shows that by activating its row. From then on exactly one of two things is true: the
 * worker runs, or `exit` has resolved. `exit` never rejects; endings are values.
 *
 * The reference (`ref`) is plain data. The caller stores it, and after a restart gives it to
 * another executor object of the same mode, whose `reattach` finds the same worker again or
 * says that it is gone. A reference never leads to a stranger: a process is known by its pid
 * and its start, a container by its full id.
 *
 * Stopping means the whole tree: asked politely, waited for, killed, and verified. Children
 * that left the process group, changed their session or were re-parented are part of it. When
 * `stop` resolves nothing of the worker is left; if something cannot be ended it rejects with
 * `process_not_stopped` and names what is left.
 *
 * When the process that holds the executor dies, workers whose launch says
 * `leaveWithParent` notice it by themselves (the end of their lifeline) and leave; others go on.
 */
export interface WorkerExecutor {
  readonly mode: ExecutionMode;
  readonly abilities: ExecutorAbilities;

  /**
   * Looks, before anything is started, whether workers of such a pool could be. Quick; absent
   * where nothing can be missing.
   *
   * @throws ClxError that says what is missing and what to do
   */
  prepare?(wish: PrepareWish): Promise<void>;

  /** Throws ClxError `worker_start_failed` if nothing was started. */
  start(order: StartOrder): Promise<RunningWorker>;

  /** Finds a worker started before we were restarted; `undefined` if it is gone. */
  reattach(ref: WorkerRef): Promise<RunningWorker | undefined>;

  isRunning(ref: WorkerRef): Promise<boolean>;

  /** Of the whole tree; `undefined` if it is gone. */
  stats(ref: WorkerRef): Promise<WorkerUsage | undefined>;

  /**
   * Ends what is left of a worker that is gone or given up: strays of its tree, its exited
   * container. Returns how many things it ended. Harmless when there is nothing.
   */
  cleanup(ref: WorkerRef, params?: CleanupParams): Promise<number>;

  /**
   * Ends what dead supervisors of this host have left and no row may know of: containers that
   * are no persistent worker's. Returns how many. Absent where nothing can be left so.
   */
  cleanupLeftovers?(): Promise<number>;

  /** Lets go of all resources; running workers that outlive their parent are left alone. */
  close(): Promise<void>;
}

export interface ExecutorAbilities {
  /** Workers can go on when this process ends, and be found again. */
  readonly survivesParent: boolean;
  /** A memory limit is enforced on the whole tree. */
  readonly limitsMemory: boolean;
  /** A worker can be ended whatever its code does. */
  readonly kills: boolean;
  /** `isRunning` is right about workers that anybody on this host has started. */
  readonly seesStrangers?: boolean;
}

export interface StartOrder {
  readonly launch: LaunchDocument;
  /** stdout and stderr are appended to it. */
  readonly logPath: string;
  /** Of the whole tree, bytes. */
  readonly memoryLimit?: number;
  /** Added to the environment that workers inherit. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of its container, where it gets one. */
  readonly image?: string;
  /** What its container may see of this machine. */
  readonly folders?: readonly FolderGrant[];
  /** How its container is made. */
  readonly container?: ContainerSettings;
  /** Aborted, a start that waits for something (an image, an engine) is given up. */
  readonly signal?: AbortSignal;
}

export interface PrepareWish extends Pick<StartOrder, "image" | "container"> {
  readonly type: string;
}

export interface RunningWorker {
  /** Plain data, stored with the worker: all that `reattach` will be given. */
  readonly ref: WorkerRef;

  /** How it ended. Never rejects. */
  readonly exit: Promise<WorkerExit>;

  /** Asks politely, kills the whole tree after `graceMs`, and verifies. Harmless once ended. */
  stop(params: StopParams): Promise<WorkerExit>;
}

export interface StopParams extends CleanupParams {
  readonly graceMs: number;
}

export interface CleanupParams {
  /** Told of each step by force: what was sent (a signal, "terminate" for a thread), to how many. */
  readonly onSignal?: ((signal: string, processes: number) => void) | undefined;
}

export interface WorkerRef {
  readonly workerId: string;
  /** Absent for workers that are no process of their own. */
  readonly process?: { readonly pid: number; readonly startedAt: string; readonly host: string };
  readonly [more: string]: JsonValue | undefined;
}

export type WorkerExit =
  | ({ readonly kind: "exited"; readonly code: number } & ExitEvidence)
  | ({ readonly kind: "killed"; readonly signal: string } & ExitEvidence)
  /** Gone, and nobody could see how: it was re-attached, or its machine is. */
  | { readonly kind: "lost"; readonly reason: string };

/** What an executor knows beyond how it ended. */
export interface ExitEvidence {
  /** Something of it was killed because it was at its memory limit. */
  readonly outOfMemory?: true;
  /** Who ended it, in words. */
  readonly note?: string;
}
