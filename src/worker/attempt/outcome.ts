import type { Failure, FailureKind } from "../../domain/failure.ts";
import { failureKinds } from "../../domain/failure.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Outcome } from "../../domain/settlement.ts";
import { documentCap } from "../../store/task-store.ts";
import type { StopReason, TaskErrorFacts } from "../handler.ts";

/** How a handler ended. */
export type HandlerEnding =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: unknown };

export interface Evidence {
  readonly logTail: string;
  readonly peakMemory?: number;
}

const detailsLimit = 4_000;

/**
 * Judges what an attempt has come to. Pure.
 *
 * A value that was returned counts, even when the attempt had been asked to stop. What is thrown
 * then is only the echo of the stop, whose reason is the outcome.
 */
export function outcomeOf(
  ending: HandlerEnding,
  stop: StopReason | undefined,
  evidence: Evidence,
): Outcome {
  if (ending.kind === "returned") return outcomeOfResult(ending.value, evidence);
  if (stop === undefined) {
    const failure = failureOf(ending.error, evidence);
    return { kind: "failed", failure, ...partialResultOf(ending.error) };
  }
  switch (stop.kind) {
    case "cancelled":
      return { kind: "cancelled" };
    case "released":
    case "superseded":
      return { kind: "released" };
    case "timed_out":
    case "out_of_memory": {
      const facts = isTaskError(ending.error) ? ending.error.facts : {};
      return {
        kind: "failed",
        failure: { kind: stop.kind, message: stop.message, ...merge(facts, evidence) },
        ...partialResultOf(ending.error),
      };
    }
  }
}

function outcomeOfResult(value: unknown, evidence: Evidence): Outcome {
  if (value === undefined) return { kind: "completed" };
  const flaw = flawOf(value, "result");
  if (flaw === undefined) return { kind: "completed", result: value as JsonValue };
  return {
    kind: "failed",
    failure: { kind: "user_error", message: flaw, ...merge({}, evidence) },
  };
}

/** One that cannot be stored is left out: the failure is what counts. */
function partialResultOf(error: unknown): { readonly result?: JsonValue } {
  const result = isTaskError(error) ? error.facts.result : undefined;
  return result === undefined || flawOf(result, "result") !== undefined ? {} : { result };
}

/** Why a value cannot be stored, if it cannot. */
export function flawOf(value: unknown, noun: string): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    return `the ${noun} cannot be written as JSON: ${firstLine(String(error))}`;
  }
  if (text === undefined) return `the ${noun} cannot be written as JSON: it is a ${typeof value}`;
  const size = Buffer.byteLength(text);
  if (size <= documentCap) return undefined;
  return `the ${noun} has ${size} bytes of JSON, and ${documentCap} is the most that is kept; write it to a file and put the file's path into the ${noun}`;
}

function failureOf(error: unknown, evidence: Evidence): Failure {
  if (isTaskError(error)) {
    return { kind: error.kind, message: error.message, ...merge(error.facts, evidence) };
  }
  return {
    kind: "handler_error",
    message: `the handler threw ${describe(error)}`,
    ...merge(detailsOf(error), evidence),
  };
}

/** A handler may have its own copy of this package, so its errors are known by their looks. */
function isTaskError(
  error: unknown,
): error is Error & { kind: FailureKind; facts: TaskErrorFacts } {
  if (!(error instanceof Error) || error.name !== "TaskError") return false;
  const { kind, facts } = error as Error & { kind?: unknown; facts?: unknown };
  return typeof kind === "string" && Object.hasOwn(failureKinds, kind) && isObject(facts);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function describe(error: unknown): string {
  if (error instanceof Error) return firstLine(`${error.name}: ${error.message}`);
  return `something that is no Error: ${firstLine(String(error))}`;
}

function detailsOf(error: unknown): TaskErrorFacts {
  if (!(error instanceof Error) || error.stack === undefined) return {};
  return { details: error.stack.slice(0, detailsLimit) };
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 1_000);
}

function merge(
  { result: _apart, ...facts }: TaskErrorFacts,
  { logTail, peakMemory }: Evidence,
): Omit<TaskErrorFacts, "result"> {
  return {
    ...(logTail !== "" && { logTail }),
    ...(peakMemory !== undefined && { peakMemory }),
    ...facts,
  };
}
