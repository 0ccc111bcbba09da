import type { AgentSettings } from "../../agent/agent-settings.ts";
import type { AgentPayload } from "../../agent/agent-task.ts";
import { flawFor } from "../../agent/check-request.ts";
import { TaskError } from "../../worker/handler.ts";

/** @throws TaskError `invalid_payload` for an option that would have no effect with this agent */
export function refuseUnsupported(payload: AgentPayload, agent: AgentSettings): void {
  const flaw = flawFor(payload, agent);
  if (flaw !== undefined) throw new TaskError("invalid_payload", flaw);
}
