import type { AgentPrices } from "../../agent/agent-settings.ts";
import type { AgentBudget, AgentEnd, AgentUsage } from "../../agent/agent-task.ts";
import { budgetWords, tokensOf } from "../../agent/agent-words.ts";

export type OverBudget = Extract<AgentEnd, { kind: "over_budget" }>;

/** Thrown about as the reason of a stop. */
export class BudgetUsedUp extends Error {
  readonly end: OverBudget;

  constructor(end: OverBudget) {
    super(describeOverBudget(end));
    this.name = "BudgetUsedUp";
    this.end = end;
  }
}

/** Which budget is used up, if one is. An answer that has begun is over its turns by itself. */
export function findUsedUp(budget: AgentBudget, usage: AgentUsage): OverBudget | undefined {
  const { turns, tokens, costUsd, wallMs, outputBytes } = budget;
  const usedTokens = tokensOf(usage) ?? 0;
  if (turns !== undefined && usage.turns > turns) return overBudget("turns", turns);
  if (tokens !== undefined && usedTokens >= tokens) return overBudget("tokens", tokens);
  if (costUsd !== undefined && (usage.costUsd ?? 0) >= costUsd) {
    return overBudget("costUsd", costUsd);
  }
  if (wallMs !== undefined && usage.wallMs >= wallMs) return overBudget("wallMs", wallMs);
  if (outputBytes !== undefined && usage.outputBytes >= outputBytes) {
    return overBudget("outputBytes", outputBytes);
  }
  return undefined;
}

/** For agents that tell their tokens, but not what they cost. */
export function costOf(usage: AgentUsage, prices: AgentPrices): number {
  const { inputTokens = 0, outputTokens = 0, cachedTokens = 0 } = usage;
  const cachedPrice = prices.cached ?? prices.input;
  const micros =
    inputTokens * prices.input + outputTokens * prices.output + cachedTokens * cachedPrice;
  return micros / 1_000_000;
}

/** What two attempts at one task have used together. */
export function addUsage(a: AgentUsage, b: AgentUsage): AgentUsage {
  const sum = (one: number | undefined, other: number | undefined) =>
    one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
  const inputTokens = sum(a.inputTokens, b.inputTokens);
  const outputTokens = sum(a.outputTokens, b.outputTokens);
  const cachedTokens = sum(a.cachedTokens, b.cachedTokens);
  const costUsd = sum(a.costUsd, b.costUsd);
  return {
    turns: a.turns + b.turns,
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cachedTokens !== undefined && { cachedTokens }),
    ...(costUsd !== undefined && { costUsd: rounded(costUsd) }),
    wallMs: a.wallMs + b.wallMs,
    outputBytes: a.outputBytes + b.outputBytes,
  };
}

/** What is left of it, for agents that keep to a budget themselves; never less than the least there is. */
export function leftOf({ turns, costUsd, ...rest }: AgentBudget, spent: AgentUsage): AgentBudget {
  return {
    ...rest,
    ...(turns !== undefined && { turns: Math.max(1, turns - spent.turns) }),
    ...(costUsd !== undefined && { costUsd: Math.max(1e-6, costUsd - (spent.costUsd ?? 0)) }),
  };
}

export const nothingUsed: AgentUsage = { turns: 0, wallMs: 0, outputBytes: 0 };

/** To a billionth of a dollar: the rest is what sums of fractions leave. */
export function rounded(costUsd: number): number {
  return Math.round(costUsd * 1e9) / 1e9;
}

export function overBudget(budget: keyof AgentBudget, limit: number): OverBudget {
  return { kind: "over_budget", budget, limit };
}

export function describeOverBudget({ budget, limit }: OverBudget): string {
  return `the agent used up its budget of ${budgetWords(budget, limit)} and was stopped; what it has done is kept. Continue the task with a larger budget (options.budget.${budget}) to go on`;
}
