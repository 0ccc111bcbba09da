import type { AgentPrices } from "../../agent/agent-settings.ts";
import type { AgentBudget, AgentEnd, AgentUsage } from "../../agent/agent-task.ts";

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
  const usedTokens = tokensOf(usage);
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

/** All that the model read and wrote, what came from a cache included. */
export function tokensOf({ inputTokens = 0, outputTokens = 0, cachedTokens = 0 }: AgentUsage) {
  return inputTokens + outputTokens + cachedTokens;
}

/** For agents that tell their tokens, but not what they cost. */
export function costOf(usage: AgentUsage, prices: AgentPrices): number {
  const { inputTokens = 0, outputTokens = 0, cachedTokens = 0 } = usage;
  const cachedPrice = prices.cached ?? prices.input;
  const micros =
    inputTokens * prices.input + outputTokens * prices.output + cachedTokens * cachedPrice;
  return micros / 1_000_000;
}

export function overBudget(budget: keyof AgentBudget, limit: number): OverBudget {
  return { kind: "over_budget", budget, limit };
}

const words: Readonly<Record<keyof AgentBudget, (limit: number) => string>> = {
  turns: (limit) => `${limit} ${limit === 1 ? "turn" : "turns"}`,
  tokens: (limit) => `${limit} tokens`,
  costUsd: (limit) => `$${limit}`,
  wallMs: (limit) => `${limit / 1_000} seconds`,
  outputBytes: (limit) => `${limit} bytes of output`,
};

export function describeOverBudget({ budget, limit }: OverBudget): string {
  return `the agent used up its budget of ${words[budget](limit)} and was stopped; what it has done is kept. Continue the task with a larger budget (options.budget.${budget}) to go on`;
}
