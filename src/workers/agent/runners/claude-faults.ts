import type { AgentFault } from "../../../agent/agent-task.ts";

/** The names that Claude gives to what keeps it from working. */
const faultNames: Readonly<Record<string, AgentFault>> = {
  authentication_failed: "not_logged_in",
  cloud_credential_error: "not_logged_in",
  oauth_org_not_allowed: "refused",
  account_on_hold: "refused",
  verification_required: "refused",
  billing_error: "refused",
  rate_limit: "rate_limited",
  overloaded: "overloaded",
  server_error: "overloaded",
  invalid_request: "bad_request",
  model_not_found: "bad_request",
};

const networkWords =
  /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|socket|network|connection (error|refused|closed|reset)|unable to connect|timed? ?out|terminated|premature close|connection dropped/i;

export interface FaultSigns {
  readonly name?: string | undefined;
  /** Of the model's service. */
  readonly status?: number | undefined;
  readonly message: string;
}

/** Why an agent cannot work, from what it says about it. */
export function faultOf({ name, status, message }: FaultSigns): AgentFault {
  const byStatus = faultOfStatus(status ?? statusIn(message));
  if (byStatus !== undefined) return byStatus;
  const told = faultOfText(message);
  const named = name === undefined ? undefined : faultNames[name];
  return told === "network" ? told : (named ?? told);
}

function faultOfStatus(status: number | undefined): AgentFault | undefined {
  if (status === undefined || status < 400) return undefined;
  if (status === 401) return "not_logged_in";
  if (status === 403) return "refused";
  if (status === 408) return "network";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "overloaded" : "bad_request";
}

function statusIn(message: string): number | undefined {
  const [, status] = /API Error:? \(?(\d{3})\b/.exec(message) ?? [];
  return status === undefined ? undefined : Number(status);
}

function faultOfText(message: string): AgentFault {
  if (/no conversation found/i.test(message)) return "bad_request";
  if (/not logged in|invalid api key|please run \/login/i.test(message)) return "not_logged_in";
  if (/overloaded/i.test(message)) return "overloaded";
  if (/rate.?limit/i.test(message)) return "rate_limited";
  return networkWords.test(message) ? "network" : "agent_error";
}
