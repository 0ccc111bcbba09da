import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FailureKind, failureKinds } from "./failure.ts";
import { type AttemptFacts, judgeOutcome, type Outcome } from "./settlement.ts";
import type { RetryPolicy } from "./task.ts";

const now = 1_000_000;
const kinds = Object.keys(failureKinds) as FailureKind[];
const retry: RetryPolicy = {
  maxAttempts: 3,
  on: "infrastructure",
  backoffMs: 1_000,
  maxBackoffMs: 5_000,
};

describe("judgeOutcome", () => {
  it("completes a task whose attempt completed, even when its cancellation was asked for", () => {
    const verdict = judge({ kind: "completed" }, { cancelRequested: true });

    expect(verdict).toEqual({ event: "complete" });
  });

  it("cancels a task whose attempt was stopped for that", () => {
    expect(judge({ kind: "cancelled" })).toEqual({ event: "cancel" });
  });

  it("cancels rather than retries or releases once the cancellation was asked for", () => {
    expect(judge(failed("worker_died"), { cancelRequested: true })).toEqual({ event: "cancel" });
    expect(judge({ kind: "released" }, { cancelRequested: true })).toEqual({ event: "cancel" });
  });

  it("grants a released attempt another one, for it does not count", () => {
    expect(judge({ kind: "released" }, { attempt: 3, attemptLimit: 3 })).toEqual({
      event: "release",
      attemptLimit: 4,
    });
  });

  it("tries again by itself what is a fault of the infrastructure, and nothing else", () => {
    const again = kinds.filter((kind) => judge(failed(kind)).event === "requeue");

    expect(again).toEqual([
      "handler_error",
      "signal",
      "out_of_memory",
      "worker_died",
      "lease_lost",
      "unavailable",
    ]);
  });

  it("tries the user's own faults again when the task asks for it", () => {
    const asking = { retry: { ...retry, on: "any" as const } };
    const final = kinds.filter((kind) => judge(failed(kind), asking).event === "fail");

    expect(final).toEqual(["invalid_payload", "aborted", "over_budget", "dependency_failed"]);
  });

  it("fails a task whose attempts are used up", () => {
    const verdict = judge(failed("worker_died"), { attempt: 3, attemptLimit: 3 });

    expect(verdict).toEqual({ event: "fail" });
  });

  it("waits twice as long after each failure, up to the limit", () => {
    const waits = [1, 2, 3, 4, 5].map((attempt) => waitMs(failed("handler_error"), { attempt }, 1));

    expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it("jitters the upper half of the wait", () => {
    expect(waitMs(failed("handler_error"), { attempt: 1 }, 0)).toBe(500);
    expect(waitMs(failed("handler_error"), { attempt: 1 }, 0.5)).toBe(750);
  });

  it("does not let released attempts lengthen the wait", () => {
    const facts = { attempt: 4, attemptLimit: 6, retry };

    expect(waitMs(failed("handler_error"), facts, 1)).toBe(1_000);
  });

  it("starts at once after the first loss of a worker, and waits after the next", () => {
    expect(waitMs(failed("worker_died"), { attempt: 1 }, 1)).toBe(0);
    expect(waitMs(failed("lease_lost"), { attempt: 1 }, 1)).toBe(0);
    expect(waitMs(failed("worker_died"), { attempt: 2 }, 1)).toBe(2_000);
  });

  it("never exceeds the attempts that a policy grants, and ends every task", () => {
    fc.assert(
      fc.property(
        fc.record({
          maxAttempts: fc.integer({ min: 1, max: 6 }),
          on: fc.constantFrom("infrastructure" as const, "any" as const),
          backoffMs: fc.integer({ min: 0, max: 10_000 }),
          maxBackoffMs: fc.integer({ min: 0, max: 100_000 }),
        }),
        fc.array(fc.constantFrom(...kinds), { minLength: 6, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (policy, failures, jitter) => {
          const attemptLimit = policy.maxAttempts;
          const ended = failures.findIndex((kind, index) => {
            const facts = { attempt: index + 1, attemptLimit, retry: policy };
            const verdict = judge(failed(kind), facts, jitter);
            if (verdict.event !== "requeue") return true;
            expect(verdict.runAt - now).toBeGreaterThanOrEqual(0);
            expect(verdict.runAt - now).toBeLessThanOrEqual(policy.maxBackoffMs);
            return false;
          });
          expect(ended).toBeGreaterThanOrEqual(0);
          expect(ended).toBeLessThan(policy.maxAttempts);
        },
      ),
    );
  });
});

function failed(kind: FailureKind): Outcome {
  return { kind: "failed", failure: { kind, message: `it ended with ${kind}` } };
}

function judge(outcome: Outcome, facts: Partial<AttemptFacts> = {}, jitter = 1) {
  const ordinary = { attempt: 1, attemptLimit: 6, retry, cancelRequested: false };
  const limit = facts.retry?.maxAttempts ?? ordinary.attemptLimit;
  return judgeOutcome(outcome, { ...ordinary, attemptLimit: limit, ...facts }, now, jitter);
}

function waitMs(outcome: Outcome, facts: Partial<AttemptFacts>, jitter: number): number {
  const patient = { ...retry, maxAttempts: 9 };
  const defaults = { retry: patient, attemptLimit: 9 };
  const verdict = judge(outcome, { ...defaults, ...facts }, jitter);
  if (verdict.event !== "requeue") throw new Error(`not tried again: ${verdict.event}`);
  return verdict.runAt - now;
}
