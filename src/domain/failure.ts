/**
 * Why an attempt failed. `again` tells the kinds apart: a fault of the infrastructure is
 * tried again by itself; a fault of the user's is final unless the task asks for retries;
 * `never` is final whatever the task asks. `atOnce`: the first such failure is followed by
 * the next attempt without a back-off, because the fault was hardly the task's.
 */
export const failureKinds = {
  /** The handler said that the input is wrong: a cell raises, a diagram has a syntax error. */
  user_error: { again: "if_asked" },
  /** The payload does not fit the worker type's schema. */
  invalid_payload: { again: "never" },
  /** The program ended with an exit code other than 0. */
  exit_code: { again: "if_asked" },
  /** The program could not be started at all: not found, not executable. */
  not_started: { again: "if_asked" },
  /** The attempt ran longer than the task's time-out. */
  timed_out: { again: "if_asked" },
  /** The handler threw something that it did not declare as the user's fault. */
  handler_error: { again: "by_itself" },
  /** The program was ended by a signal that we did not send. */
  signal: { again: "by_itself" },
  /** A memory limit was passed, or the system ran out of memory. */
  out_of_memory: { again: "by_itself" },
  /** The worker ended while it held the task. */
  worker_died: { again: "by_itself", atOnce: true },
  /** The worker was silent past its lease, and was ended for that. */
  lease_lost: { again: "by_itself", atOnce: true },
  /** Somebody aborted the worker. */
  aborted: { again: "never" },
  /** A service that the handler needs is overloaded, limits its callers, or cannot be reached. */
  unavailable: { again: "by_itself" },
  /** What the task was allowed to use up is used up. There may be a result all the same. */
  over_budget: { again: "never" },
  /** A task that it waited for did not complete. */
  dependency_failed: { again: "never" },
} as const satisfies Record<string, FailureRule>;

export interface FailureRule {
  readonly again: "by_itself" | "if_asked" | "never";
  readonly atOnce?: true;
}

export type FailureKind = keyof typeof failureKinds;

/** The evidence of a failed attempt, as it is stored and shown. */
export interface Failure {
  readonly kind: FailureKind;
  /** One sentence: what happened, to what, and what to do. */
  readonly message: string;
  readonly exitCode?: number;
  readonly signal?: string;
  /** The last lines of output, at most 1,000 characters. */
  readonly logTail?: string;
  readonly peakMemory?: number;
  readonly details?: string;
}
