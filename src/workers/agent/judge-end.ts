import type { AgentEnd, AgentFault, AgentResult } from "../../agent/agent-task.ts";
import type { FailureKind } from "../../domain/failure.ts";
import type { JsonValue } from "../../domain/json.ts";
import { TaskError } from "../../worker/handler.ts";
import { describeOverBudget } from "./budget.ts";

/** What is tried again by itself is in `domain/failure.ts`. */
const kinds: Readonly<Record<AgentFault, FailureKind>> = {
  not_logged_in: "user_error",
  refused: "user_error",
  bad_request: "user_error",
  not_installed: "not_started",
  agent_error: "exit_code",
  rate_limited: "unavailable",
  overloaded: "unavailable",
  network: "unavailable",
};

/** Those that are tried again by themselves. */
export const passingFaults: readonly AgentFault[] = ["rate_limited", "overloaded", "network"];

/** The causes in words. */
export const faultHints: Readonly<Record<AgentFault, string>> = {
  not_logged_in: "the agent is not logged in; give its key to the worker (agents.NAME.key)",
  refused: "the agent was refused",
  bad_request: "the agent cannot do what was asked in this way",
  not_installed: "the agent is not installed",
  agent_error: "the agent failed",
  rate_limited: "the agent's model limits its callers",
  overloaded: "the agent's model is overloaded",
  network: "the agent cannot reach its model",
};

/**
 * The task's result, or its failure with the result in it.
 *
 * @throws TaskError
 */
export function resultOf(result: AgentResult): JsonValue {
  const json = JSON.parse(JSON.stringify(result)) as JsonValue;
  const { end } = result;
  if (end.kind === "finished") return json;
  throw failureOf(end, json);
}

function failureOf(end: Exclude<AgentEnd, { kind: "finished" }>, result: JsonValue): TaskError {
  switch (end.kind) {
    case "over_budget":
      return new TaskError("over_budget", describeOverBudget(end), { result });
    case "failed": {
      const { cause, message, signal } = end;
      const kind = signal === undefined ? kinds[cause] : "signal";
      const facts = { result, ...(signal !== undefined && { signal }) };
      return new TaskError(kind, `${faultHints[cause]}: ${message}`, facts);
    }
    case "stopped":
      return new TaskError("handler_error", `the agent was stopped: ${end.reason}`, { result });
  }
}
