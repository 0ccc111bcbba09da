import type { JsonValue } from "./json.ts";
import type { WorkerState } from "./worker-state.ts";

/** How a worker is run. Who does it is an executor. */
export type ExecutionMode = "inline" | "direct" | "docker" | "standalone" | (string & {});

/** A process, known by its pid and by when it started, so that a reused pid is not mistaken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal exactly when it is the same process on the same boot of the same host. */
  readonly startedAt: string;
  /** The machine, its boot and its pid namespace: pids of another host mean nothing here. */
  readonly host: string;
}

export interface NewWorker {
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  readonly mode: ExecutionMode;
  /** Tasks it takes at once. */
  readonly concurrency: number;
  /** With a session it takes that session's tasks only; without, anyone's. */
  readonly sessionId?: string;
  /** Lives on when its supervisor ends, and is re-adopted by the next. */
  readonly persistent: boolean;
  /** The pool that keeps it, so that the next supervisor can tell whose it is. */
  readonly pool?: string;
  /** Whoever starts it: a supervisor. Its death makes a session's workers leave. */
  readonly parent?: ProcessIdentity;
  /** What memory an attempt of it is expected to need at its peak; reserved by admission. */
  readonly expectedMemory: number;
  /** Its tree is ended above this. */
  readonly memoryLimit?: number;
  readonly logPath?: string;
  /** Where its configuration came from: file, env, default, cli. */
  readonly configSource?: string;
  /** SHA-256 of the single-use launch token, hexadecimal. */
  readonly launchTokenHash: string;
}

export interface Worker extends Omit<NewWorker, "launchTokenHash"> {
  readonly state: WorkerState;
  readonly process?: ProcessIdentity;
  /** What the executor needs to find it again (see `executor.ts`). */
  readonly executorRef?: JsonValue;
  readonly registeredAt: number;
  readonly activatedAt?: number;
  readonly endedAt?: number;
  readonly heartbeatAt?: number;
  /** How often it has beaten: a judge with its own clock watches this, not the times. */
  readonly beats: number;
  readonly leasedUntil?: number;
  readonly usage?: WorkerUsage;
  readonly peakMemory?: number;
  /** Ids of the tasks it has: what it runs, and what it has taken ahead. */
  readonly taskIds: readonly string[];
  readonly tasksCompleted: number;
  readonly tasksFailed: number;
  /** Sum of the times its settled attempts took. */
  readonly busyMs: number;
  readonly ending?: WorkerEnding;
}

/** Of the whole tree of processes. */
export interface WorkerUsage {
  readonly memory: number;
  /** 100 is one core. Absent until it was looked at twice. */
  readonly cpuPercent?: number;
  readonly processes: number;
}

/** Why and how a worker ended, with the evidence. */
export interface WorkerEnding {
  readonly reason: string;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly logTail?: string;
  /** Somebody aborted it, its tasks failed with that, and its processes are ended step by step. */
  readonly aborted?: true;
}

/** No heartbeat for this long: shown as stalled. */
export const stalledAfterMs = 180_000;

/** How long the row of a worker that has ended is kept, unless somebody says otherwise. */
export const endedKeptMs = 3_600_000;
