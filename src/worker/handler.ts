import type { FailureKind } from "../domain/failure.ts";
import type { JsonValue } from "../domain/json.ts";

/**
 * What a worker type is: the only thing that somebody who adds one has to write.
 *
 * `handle` runs one attempt at a task. What it returns is the task's result; what it throws is
 * the attempt's failure: a {@link TaskError} says whose fault it is, anything else counts as
 * the tool's (`handler_error`) and is tried again. When `ctx.signal` is aborted it should stop
 * what it started and throw (a result that it has by then, and returns within the grace, still
 * counts). A handler that does neither is ended together with its worker and all its children.
 *
 * A handler may block its event loop for as long as it needs: heartbeats and deadlines do not
 * depend on it. What it throws outside of `handle`, in a timer or an event, ends the worker.
 *
 * The payload is what the schema made of it. Any schema of the Standard Schema kind will do
 * (zod, valibot, …); without one the payload is the JSON that was submitted.
 */
export interface WorkerDefinition<Payload = JsonValue> {
  /** The type of its tasks, or {@link anyType}. */
  readonly type: string;
  readonly schema?: PayloadSchema<Payload>;
  /** Once per worker, before its first task; the place to warm up. */
  open?(host: WorkerHost): Promise<void> | void;
  handle(task: TaskInHand<Payload>, ctx: TaskContext): Promise<JsonValue | undefined>;
  /** Once per worker, after its last task. */
  close?(): Promise<void> | void;
}

/** The type of a definition that serves whatever type it is asked for. */
export const anyType = "*";

/** Names a worker type and checks its payload's type against its handler. */
export function defineWorker<Payload = JsonValue>(
  definition: WorkerDefinition<Payload>,
): WorkerDefinition<Payload> {
  return definition;
}

/** The part of Standard Schema v1 that we use. */
export interface PayloadSchema<Payload> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): SchemaResult<Payload> | Promise<SchemaResult<Payload>>;
    readonly types?: { readonly input: unknown; readonly output: Payload } | undefined;
  };
}

export type SchemaResult<Payload> =
  | { readonly value: Payload; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export interface WorkerHost {
  readonly workerId: string;
  readonly settings: { readonly [key: string]: unknown };
}

export interface TaskInHand<Payload> {
  readonly id: string;
  readonly type: string;
  readonly payload: Payload;
  /**
   * Grows with each attempt; a first call may have 2, when a worker had taken the task and gave it
   * back before it began. Hand it on to whatever must tell a superseded attempt from this one.
   */
  readonly attempt: number;
  /** The last attempt that may follow by itself; another number once somebody has asked for a retry. */
  readonly attemptLimit?: number;
  readonly timeoutMs?: number;
}

export interface TaskContext {
  readonly workerId: string;
  /** Aborted with a {@link StopReason} when the attempt shall end. */
  readonly signal: AbortSignal;
  /** A fraction from 0 to 1, a message, or both, and data of your own. Cheap; sent in batches. */
  progress(update: ProgressUpdate): void;
  /** Adds a line to the task's log. Cheap; sent in batches. */
  log(line: string, stream?: "stdout" | "stderr" | "log"): void;
  /** Resolves once the log can take more. Whoever passes on another's output waits for it. */
  logReady(): Promise<void>;
  readonly checkpoint: Checkpoint;
}

export interface ProgressUpdate {
  readonly fraction?: number;
  readonly message?: string;
  readonly data?: JsonValue;
}

/** What an attempt leaves for the next, should it not live to its end. */
export interface Checkpoint {
  /** What was saved last, by this attempt or one before it. */
  readonly value: JsonValue | undefined;
  /** Resolves once it is durable. */
  save(value: JsonValue): Promise<void>;
  /**
   * A folder of the task's own, made when first asked for. Removed once the task has completed;
   * if it failed or was cancelled, and so may be tried again, only when the task is deleted.
   */
  folder(): Promise<string>;
}

/** Why an attempt shall end: the `reason` of `ctx.signal`. */
export class StopReason extends Error {
  /** A handler may have another copy of this module than its worker: looks decide. */
  static override [Symbol.hasInstance](value: unknown): value is StopReason {
    return value instanceof Error && value.name === "StopReason" && "graceMs" in value;
  }

  readonly kind: "cancelled" | "timed_out" | "out_of_memory" | "released" | "superseded";
  /** How long there is before the whole tree is killed. */
  readonly graceMs: number;

  constructor(kind: StopReason["kind"], message: string, graceMs: number) {
    super(message);
    this.name = "StopReason";
    this.kind = kind;
    this.graceMs = graceMs;
  }
}

/** A failure whose kind the handler knows. */
export class TaskError extends Error {
  readonly kind: FailureKind;
  readonly facts: TaskErrorFacts;

  constructor(kind: FailureKind, message: string, facts: TaskErrorFacts = {}) {
    super(message);
    this.name = "TaskError";
    this.kind = kind;
    this.facts = facts;
  }
}

export interface TaskErrorFacts {
  readonly exitCode?: number;
  readonly signal?: string;
  readonly logTail?: string;
  readonly peakMemory?: number;
  readonly details?: string;
  /** What there is of a result all the same. Kept when the task is not tried again. */
  readonly result?: JsonValue;
}
