import { type Html, html } from "../html.ts";
import { taskAddress } from "../tasks/task-title.ts";
import type { AgentModel } from "./agent-model.ts";

/** The same lines, as a conversation or as they were written. */
export function viewTabs(taskId: string, view: AgentModel["view"]): Html {
  const tab = (name: AgentModel["view"], label: string, address: string) =>
    html`<li><a href="${address}"${name === view && html` aria-current="true"`}>${label}</a></li>`;
  return html`<ul class="view-tabs" aria-label="Shown as">${tab("conversation", "Conversation", `${taskAddress(taskId)}#log`)}${tab("log", "Raw log", `${taskAddress(taskId)}?view=log#log`)}</ul>`;
}
