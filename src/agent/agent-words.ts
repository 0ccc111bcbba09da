import { size } from "../domain/size-words.ts";
import { span } from "../domain/time-words.ts";
import type { AgentBudget, AgentEnd, AgentUsage } from "./agent-task.ts";

/** Why a conversation ended, in one sentence. */
export function endWords(end: AgentEnd): string {
  switch (end.kind) {
    case "finished":
      return "The agent is done.";
    case "over_budget":
      return `Stopped: the budget of ${budgetWords(end.budget, end.limit)} is used up.`;
    case "failed":
      return `The agent could not go on (${end.cause.replaceAll("_", " ")}): ${end.message}`;
    case "stopped":
      return `Stopped: ${end.reason}`;
  }
}

export function budgetWords(budget: keyof AgentBudget, amount: number): string {
  switch (budget) {
    case "turns":
      return amount === 1 ? "1 turn" : `${grouped(amount)} turns`;
    case "tokens":
      return `${grouped(amount)} tokens`;
    case "costUsd":
      return dollars(amount);
    case "wallMs":
      return `${span(amount)} of time`;
    case "outputBytes":
      return `${size(amount)} of output`;
  }
}

/** `3 turns, 5,850 tokens, $0.06, 24s` */
export function usageWords(usage: AgentUsage): string {
  const tokens = tokensOf(usage);
  return [
    budgetWords("turns", usage.turns),
    ...(tokens === undefined ? [] : [budgetWords("tokens", tokens)]),
    ...(usage.costUsd === undefined ? [] : [dollars(usage.costUsd)]),
    span(usage.wallMs),
  ].join(", ");
}

/** All that the model read and wrote, what came from a cache included. */
export function tokensOf(usage: AgentUsage): number | undefined {
  const { inputTokens, outputTokens, cachedTokens } = usage;
  const known = [inputTokens, outputTokens, cachedTokens].filter((one) => one !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0);
}

/** Small amounts with more digits. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && amount < 0.1 ? 4 : 2)}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
