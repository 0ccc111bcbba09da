import type { AgentBudget, AgentEnd } from "../../agent/agent-task.ts";
import { size } from "../../domain/size-words.ts";
import { span } from "../../domain/time-words.ts";
import { grouped } from "../tasks/count-words.ts";
import { shownText } from "./shown-text.ts";

/** Why a conversation ended, in one sentence. */
export function endWords(end: AgentEnd): string {
  switch (end.kind) {
    case "finished":
      return "The agent is done.";
    case "over_budget":
      return `Stopped: the budget of ${budgetWords(end.budget, end.limit)} is used up.`;
    case "failed":
      return `The agent could not go on (${end.cause.replaceAll("_", " ")}): ${shownText(end.message)}`;
    case "stopped":
      return `Stopped: ${shownText(end.reason)}`;
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

export function dollars(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && amount < 0.1 ? 4 : 2)}`;
}
