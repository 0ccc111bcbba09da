import type { AgentBudget } from "../../agent/agent-task.ts";
import { endWords } from "../../agent/agent-words.ts";
import type { Task } from "../../domain/task.ts";
import { hiddenFields, submitButton } from "../button.ts";
import { type Html, html, type Part } from "../html.ts";
import type { Viewer } from "../page.ts";
import { stateBadge } from "../tasks/task-row.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import type { AgentModel } from "./agent-model.ts";
import { shownText } from "./shown-text.ts";

export interface ContinueQuestion {
  readonly task: Task;
  readonly agent: Pick<AgentModel, "budget" | "end">;
  readonly viewer: Viewer;
  readonly now: number;
  /** With which a form that is sent twice is recognised. */
  readonly key: string;
}

/** What the fields of the form are called, and how they become a budget. */
export const budgetFields = [
  { name: "turns", budget: "turns", label: "Turns", step: "1", per: 1 },
  { name: "tokens", budget: "tokens", label: "Tokens", step: "1", per: 1 },
  { name: "cost", budget: "costUsd", label: "Cost in US dollars", step: "any", per: 1 },
  { name: "minutes", budget: "wallMs", label: "Minutes", step: "any", per: 60_000 },
] as const satisfies readonly {
  readonly name: string;
  readonly budget: keyof AgentBudget;
  readonly label: string;
  readonly step: string;
  /** So much of the budget's unit is one of the form's. */
  readonly per: number;
}[];

/** Asks how the conversation shall go on, in a task of its own. */
export function continueDialog({ task, agent, viewer, now, key }: ContinueQuestion): Html {
  const address = taskAddress(task.id, "/continue");
  return html`<dialog id="continue-task" class="confirmation" aria-labelledby="continue-title" open>
<form method="post" action="${address}" hx-post="${address}" hx-target="#notices" hx-swap="beforeend">
<h2 id="continue-title">Continue this conversation?</h2>
<div class="body"><p>${stateBadge(task, now)} <strong>${shownTitle(task).slice(0, 200)}</strong></p>
<p>${agent.end !== undefined && `${shownText(endWords(agent.end))} `}A new task goes on with what the agent knows, in the same folder. This one stays as it is.</p></div>
${hiddenFields(viewer, { key })}
<p class="field"><label for="continue-instruction">Instruction</label><textarea id="continue-instruction" name="instruction" rows="4" required autofocus>${suggestion(agent)}</textarea></p>
<fieldset class="budget"><legend>Budget of the new task <span class="muted">(empty: no limit of its own)</span></legend><div class="fields">${budgetFields.map((field) => budgetField(field, agent))}</div></fieldset>
<div class="buttons"><a class="button" role="button" href="${taskAddress(task.id)}" data-close>Cancel</a>${submitButton({ label: "Continue as a new task", look: "primary" })}</div>
</form></dialog>`;
}

/** Whoever was stopped in the middle usually is to finish. */
function suggestion({ end }: ContinueQuestion["agent"]): string {
  return end?.kind === "over_budget" || end?.kind === "stopped"
    ? "Go on where you were stopped."
    : "";
}

function budgetField(
  { name, budget, label, step, per }: (typeof budgetFields)[number],
  { budget: before, end }: ContinueQuestion["agent"],
): Part {
  const limit = before[budget];
  const isUsedUp = end?.kind === "over_budget" && end.budget === budget;
  const value = limit === undefined ? "" : raised(limit, isUsedUp) / per;
  const id = `continue-${name}`;
  const hint =
    isUsedUp && html`<span class="hint" id="${id}-hint">It was used up; doubled here.</span>`;
  return html`<p class="field"><label for="${id}">${label}</label><input id="${id}" name="${name}" type="number" min="0" step="${step}" value="${value}"${isUsedUp && html` aria-describedby="${id}-hint"`}>${hint}</p>`;
}

function raised(limit: number, isUsedUp: boolean): number {
  return isUsedUp ? limit * 2 : limit;
}
