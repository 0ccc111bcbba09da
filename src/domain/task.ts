import type { Failure } from "./failure.ts";
import type { JsonValue } from "./json.ts";
import type { TaskState } from "./task-state.ts";

/** All times are milliseconds since 1970, UTC; all sizes are bytes. */
export interface NewTask {
  /** Made by the caller (see `ids.ts`), so that a repeated submit is recognised. */
  readonly id: string;
  /** The worker type that can do it. */
  readonly type: string;
  readonly queue: string;
  readonly payload: JsonValue;
  /** Higher first; then first in, first out. */
  readonly priority: number;
  /** Not before this time. */
  readonly runAt?: number;
  readonly retry: RetryPolicy;
  /** How long one attempt may run. */
  readonly timeoutMs?: number;
  /** How much memory an attempt is expected to need at its peak. */
  readonly expectedMemory?: number;
  /** The session that owns it; its workers alone and persistent ones take it. */
  readonly sessionId?: string;
  /** A second submit with the same key returns the first one's task. */
  readonly key?: string;
  /** Ids of the tasks that must have ended first. */
  readonly after: readonly string[];
  readonly onDependencyFailure: "skip" | "run";
  /** For people; without one, lists show what the payload says. */
  readonly title?: string;
  /** Words to find it by. */
  readonly tags?: readonly string[];
}

/** A title is no longer, a task has no more tags, and a tag is no longer than this. */
export const labelCaps = { title: 200, tags: 16, tag: 64 } as const;

export interface RetryPolicy {
  /** How many attempts may fail, the first included. */
  readonly maxAttempts: number;
  /** `any` when the task asked for retries of its user's own faults too. */
  readonly on: "infrastructure" | "any";
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export const defaultRetry: RetryPolicy = {
  maxAttempts: 3,
  on: "infrastructure",
  backoffMs: 1_000,
  maxBackoffMs: 300_000,
};

export interface Task extends NewTask {
  readonly state: TaskState;
  readonly createdAt: number;
  /** Number of the latest attempt, 0 before the first. Only ever grows: it is the fence. */
  readonly attempt: number;
  /** The number of the last attempt that may be tried without anybody asking. */
  readonly attemptLimit: number;
  /** The worker of the latest attempt. */
  readonly workerId?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly progress?: Progress;
  readonly checkpoint?: JsonValue;
  readonly result?: JsonValue;
  /** Of the latest attempt that failed. */
  readonly failure?: Failure;
  readonly peakMemory?: number;
  readonly cpuMs?: number;
  readonly cancelRequestedAt?: number;
  readonly cancelReason?: string;
}

export interface Progress {
  /** From 0 to 1. */
  readonly fraction?: number;
  readonly message?: string;
  readonly data?: JsonValue;
  readonly at: number;
}

/** One try at a task, ended or still running. */
export interface Attempt {
  readonly taskId: string;
  readonly number: number;
  readonly workerId?: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly outcome?: AttemptOutcome;
  readonly failure?: Failure;
  readonly peakMemory?: number;
  readonly cpuMs?: number;
}

export type AttemptOutcome = "completed" | "failed" | "cancelled" | "released";

export interface LogLine {
  readonly at: number;
  readonly stream: "stdout" | "stderr" | "log";
  readonly line: string;
}
