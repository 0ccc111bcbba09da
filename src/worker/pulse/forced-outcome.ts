import type { Failure } from "../../domain/failure.ts";
import type { Outcome } from "../../domain/settlement.ts";
import { span } from "../../domain/time-words.ts";
import type { Evidence } from "../attempt/outcome.ts";
import type { AskedStop } from "./guard.ts";

/** What comes of an attempt that did not stop when it was asked to; nothing when it is superseded. */
export function outcomeByForce(stop: AskedStop, evidence: Evidence): Outcome | undefined {
  const { logTail, peakMemory } = evidence;
  switch (stop.kind) {
    case "superseded":
      return undefined;
    case "cancelled":
    case "released":
      return { kind: stop.kind };
    case "timed_out":
    case "out_of_memory": {
      const failure: Failure = {
        kind: stop.kind,
        message: stop.message,
        ...(logTail !== "" && { logTail }),
        ...(peakMemory !== undefined && { peakMemory }),
        details: `its handler did not stop within ${span(stop.graceMs)}, so the worker was ended`,
      };
      return { kind: "failed", failure };
    }
  }
}
