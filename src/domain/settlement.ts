import { type Failure, type FailureRule, failureKinds } from "./failure.ts";
import type { JsonValue } from "./json.ts";
import type { RetryPolicy } from "./task.ts";

/** How an attempt ended, as its worker (or whoever ended the worker) says. */
export type Outcome =
  | { readonly kind: "completed"; readonly result?: JsonValue }
  /** With what there was by then, which is kept when nothing follows the failure. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly result?: JsonValue }
  /** The attempt was stopped because the task's cancellation was asked for. */
  | { readonly kind: "cancelled" }
  /** The attempt was interrupted by a shutdown and does not count. */
  | { readonly kind: "released" };

export interface AttemptFacts {
  readonly attempt: number;
  readonly attemptLimit: number;
  readonly retry: RetryPolicy;
  readonly cancelRequested: boolean;
}

export type Verdict =
  | { readonly event: "complete" }
  | { readonly event: "fail" }
  | { readonly event: "cancel" }
  | { readonly event: "requeue"; readonly runAt: number }
  | { readonly event: "release"; readonly attemptLimit: number };

/**
 * Judges what follows the end of an attempt. Pure: stores apply it, nobody else decides.
 *
 * A result beats a cancellation that came too late to stop it; a cancellation beats a retry.
 *
 * @param jitter from 0 to 1, drawn by the caller
 */
export function judgeOutcome(
  outcome: Outcome,
  facts: AttemptFacts,
  now: number,
  jitter: number,
): Verdict {
  if (outcome.kind === "completed") return { event: "complete" };
  if (outcome.kind === "cancelled" || facts.cancelRequested) return { event: "cancel" };
  if (outcome.kind === "released") {
    return { event: "release", attemptLimit: facts.attemptLimit + 1 };
  }
  if (!mayRunAgain(outcome.failure, facts)) return { event: "fail" };
  return { event: "requeue", runAt: now + backoffMs(outcome.failure, facts, jitter) };
}

function mayRunAgain(failure: Failure, { attempt, attemptLimit, retry }: AttemptFacts): boolean {
  if (attempt >= attemptLimit) return false;
  const { again } = failureKinds[failure.kind];
  return again === "by_itself" || (again === "if_asked" && retry.on === "any");
}

/** Exponential in the failures so far, with the upper half jittered. */
function backoffMs(failure: Failure, facts: AttemptFacts, jitter: number): number {
  const { attempt, attemptLimit, retry } = facts;
  const failedBefore = Math.max(0, attempt - (attemptLimit - retry.maxAttempts) - 1);
  const rule: FailureRule = failureKinds[failure.kind];
  if (rule.atOnce && failedBefore === 0) return 0;
  const full = Math.min(retry.maxBackoffMs, retry.backoffMs * 2 ** Math.min(failedBefore, 30));
  return Math.round(full * (0.5 + jitter / 2));
}
