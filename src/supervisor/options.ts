import type { NewEvent } from "../domain/event.ts";
import { defaultTiming, type LinkSpec, type WorkerTiming } from "../domain/launch.ts";
import { type ExecutionMode, endedKeptMs, stalledAfterMs } from "../domain/worker.ts";
import type { WorkerExecutor } from "../executor/executor.ts";
import type { WorkerLinks } from "../link/worker-link.ts";
import type { MachineFacts } from "../machine/memory.ts";
import { readMachine } from "../machine/memory.ts";
import { ownIdentity } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";
import { type AdmissionLimits, defaultAdmissionLimits } from "./admission.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { SupervisorContext } from "./context.ts";
import { Journal } from "./journal.ts";
import type { SilenceLimits } from "./judge-silence.ts";
import { boundedStore, Patience } from "./patience.ts";
import type { PoolSpec } from "./pool.ts";

export interface SupervisorOptions {
  readonly store: TaskStore;
  /** Made and closed by the caller. */
  readonly executors: ReadonlyMap<ExecutionMode, WorkerExecutor>;
  readonly pools?: readonly PoolSpec[];
  /** How the workers reach the store. */
  readonly link: LinkSpec;
  /** How those reach it that cannot open it (`usesWorkerApi`). Closed with the supervisor. */
  readonly workerApi?: (store: TaskStore) => WorkerLinks;
  /** Each worker's log file is in it, named after the worker. */
  readonly logFolder: string;
  readonly checkpointFolder: string;
  /** Workers that are not persistent belong to it. Opened and ended by the caller. */
  readonly sessionId?: string;
  readonly timing?: Partial<WorkerTiming>;
  readonly silence?: Partial<SilenceLimits>;
  /**
   * `force`: all pools go past memory, processor and cap.
   * `wayPast`: what refusals say of how to force it, such as "use --force".
   */
  readonly admission?: Partial<AdmissionLimits> & {
    readonly force?: boolean;
    readonly wayPast?: string;
  };
  /** How many workers may be starting at once. */
  readonly startupParallel?: number;
  /** How often recovery sweeps. */
  readonly sweepMs?: number;
  /** Rows of workers that ended longer ago are removed. */
  readonly cleanupAgeMs?: number;
  readonly patienceMs?: number;
  readonly clock?: Clock;
  readonly readMachine?: () => MachineFacts;
  /** Told of each event that this supervisor appends to the log, once it is kept. */
  readonly onEvent?: (event: NewEvent) => void;
  /** Told of what went wrong and is tried again, or cannot be helped. */
  readonly onError?: (error: unknown) => void;
}

export const defaultSweepMs = 3_000;
export const defaultCleanupAgeMs = endedKeptMs;

export function contextOf(options: SupervisorOptions): SupervisorContext {
  const { executors, link, logFolder, checkpointFolder, sessionId, onEvent } = options;
  const { clock = systemClock, patienceMs = 30_000 } = options;
  const patience = new Patience(patienceMs);
  const store = boundedStore(options.store, patience);
  const onError = onceEach(options.onError ?? (() => {}));
  return {
    store,
    executors,
    link,
    workerApi: options.workerApi?.(options.store),
    logFolder,
    checkpointFolder,
    sessionId,
    clock,
    patience,
    onError,
    own: ownIdentity(),
    timing: { ...defaultTiming, ...options.timing },
    admission: { ...defaultAdmissionLimits, force: false, ...options.admission },
    readMachine: options.readMachine ?? readMachine,
    journal: new Journal({ store, clock, patience, onError, ...(onEvent && { onEvent }) }),
    startupParallel: options.startupParallel ?? 5,
  };
}

/** A store that was given up fails everything with one and the same error. */
function onceEach(onError: (error: unknown) => void): (error: unknown) => void {
  let last: unknown;
  return (error) => {
    if (error !== last) onError(error);
    last = error;
  };
}

/** What fits workers of such a timing. */
export function silenceLimitsFor(
  timing: WorkerTiming,
  given: Partial<SilenceLimits> = {},
): SilenceLimits {
  return {
    leaseMs: timing.leaseMs,
    stalledAfterMs,
    startupTimeoutMs: 30_000,
    leaveMs: timing.stopGraceMs + timing.abortGraceMs,
    handoverMs: 10_000,
    ...given,
  };
}
