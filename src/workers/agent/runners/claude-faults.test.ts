import { expect, it } from "vitest";
import type { AgentFault } from "../../../agent/agent-task.ts";
import { type FaultSigns, faultOf } from "./claude-faults.ts";

it.each<[Partial<FaultSigns>, AgentFault]>([
  [{ status: 401 }, "not_logged_in"],
  [{ status: 403 }, "refused"],
  [{ status: 404 }, "bad_request"],
  [{ status: 429 }, "rate_limited"],
  [{ status: 503 }, "overloaded"],
  [{ status: 529, name: "unknown" }, "overloaded"],
  [{ name: "authentication_failed" }, "not_logged_in"],
  [{ name: "billing_error" }, "refused"],
  [{ name: "model_not_found" }, "bad_request"],
  [{ name: "server_error", message: "API Error: Connection dropped (ECONNRESET)." }, "network"],
  [{ message: "API Error: 529 Overloaded" }, "overloaded"],
  [{ message: "Not logged in · Please run /login" }, "not_logged_in"],
  [{ message: "Unable to connect to API (ECONNREFUSED)" }, "network"],
  [{ message: "No conversation found with session ID: 1" }, "bad_request"],
  [{ message: "it broke" }, "agent_error"],
])("the fault behind %j is %s", (signs, fault) => {
  expect(faultOf({ message: "", ...signs })).toBe(fault);
});
