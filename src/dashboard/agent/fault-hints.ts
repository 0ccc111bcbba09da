import type { AgentFault } from "../../agent/agent-task.ts";

/** What to do about an agent that could not work. */
export const faultHints: Readonly<Record<AgentFault, string>> = {
  not_logged_in:
    "The agent has no key, or a wrong one. Give its worker the variable that agents.NAME.key names, then retry the task.",
  refused:
    "The service refused what it was asked. Its message says why; another instruction, model or key may do.",
  bad_request:
    "It cannot be done as it was asked: its message says why. Submit it again with another model, option or instruction.",
  not_installed: "The agent is not there. Install it as the message says, then retry the task.",
  agent_error:
    "The agent's program failed. What it printed last is at the end of the conversation.",
  rate_limited:
    "The service limits how much is asked of it. Retry the task later, or run fewer at once.",
  overloaded: "The service is overloaded. Retry the task later.",
  network: "The service could not be reached. Check the network, then retry the task.",
};
