import type { AgentBudget, AgentUsage } from "../../agent/agent-task.ts";
import { dollars, tokensOf } from "../../agent/agent-words.ts";
import { size } from "../../domain/size-words.ts";
import type { Task } from "../../domain/task.ts";
import { span } from "../../domain/time-words.ts";
import { type Html, html, type Part } from "../html.ts";
import { grouped } from "../tasks/count-words.ts";
import { taskAddress } from "../tasks/task-title.ts";
import type { AgentModel } from "./agent-model.ts";

/** What an agent has used, of what it may use. Told with the lines of the log, and as time goes by. */
export function usageBars(
  { id, state }: Pick<Task, "id" | "state">,
  { usage, budget }: Pick<AgentModel, "usage" | "budget">,
): Html {
  const source = taskAddress(id, "/log-end");
  const ticks = state === "running" && html` data-interval="5"`;
  return html`<dl id="agent-usage" class="agent-usage" aria-label="Used" data-live="log:${id} task:${id}" data-source="${source}"${ticks}>${usage !== undefined && bars(usage, budget)}</dl>`;
}

function bars(usage: AgentUsage, budget: AgentBudget): Part {
  const tokens = tokensOf(usage);
  return [
    bar({ name: "Turns", used: usage.turns, limit: budget.turns, words: grouped }),
    bar({ name: "Tokens", used: tokens, limit: budget.tokens, words: grouped, more: parts(usage) }),
    bar({ name: "Cost", used: usage.costUsd, limit: budget.costUsd, words: dollars }),
    bar({ name: "Time", used: usage.wallMs, limit: budget.wallMs, words: span }),
    bar({ name: "Output", used: usage.outputBytes, limit: budget.outputBytes, words: size }),
  ];
}

function parts({ inputTokens = 0, outputTokens = 0, cachedTokens }: AgentUsage): string {
  const cached = cachedTokens === undefined ? "" : `, ${grouped(cachedTokens)} from the cache`;
  return `${grouped(inputTokens)} in, ${grouped(outputTokens)} out${cached}`;
}

interface Bar {
  readonly name: string;
  readonly used: number | undefined;
  readonly limit: number | undefined;
  readonly words: (amount: number) => string;
  readonly more?: string;
}

function bar({ name, used, limit, words, more }: Bar): Part {
  if (used === undefined) return false;
  const isUsedUp = limit !== undefined && used >= limit;
  const amount = limit === undefined ? words(used) : `${words(used)} of ${words(limit)}`;
  const meter =
    limit !== undefined &&
    html`<meter min="0" max="${limit}" low="${limit * 0.8}" high="${limit * 0.999}" optimum="0" value="${Math.min(used, limit)}" aria-label="${name} used, of the budget">${amount}</meter>`;
  return html`<div${isUsedUp && html` class="used-up"`}><dt>${name}</dt><dd><span class="amount"${more !== undefined && html` title="${more}"`}>${amount}${isUsedUp && " – used up"}</span>${meter}</dd></div>`;
}
