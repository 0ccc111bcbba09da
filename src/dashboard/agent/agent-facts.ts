import { type Html, html, type Part } from "../html.ts";
import type { Dependency, TaskModel } from "../task/task-model.ts";
import { stateBadge } from "../tasks/task-row.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import { shownText } from "./shown-text.ts";

/** Who works, where, and in which conversation. */
export function agentFacts({ agent, dependencies, dependants, now }: TaskModel): Part {
  if (agent === undefined) return false;
  const { executor, model, sessionId, folder, branch, continues } = agent;
  const before = continues === undefined ? undefined : beforeOf(continues, dependencies);
  const after = dependants.filter(({ id }) => agent.continuedBy.includes(id));
  return html`<section aria-labelledby="agent-title"><h2 id="agent-title">Agent</h2><dl class="facts wide">
${fact("Name", executor && shownText(executor))}
${fact("Model", model && shownText(model))}
${fact("Session", sessionId && html`<code>${shownText(sessionId)}</code> <button type="button" class="link" data-copy="${sessionId}" aria-label="Copy session id" hidden>Copy</button>`)}
${fact("Folder", folder && html`<code>${shownText(folder)}</code>`)}
${fact("Branch", branch && html`<code>${shownText(branch)}</code>`)}
</dl>
${before !== undefined && html`<h3>Continues</h3><ul class="linked">${linked(before, now)}</ul>`}
${after.length > 0 && html`<h3>Continued by</h3><ul class="linked">${after.map((task) => linked({ id: task.id, task }, now))}</ul>`}</section>`;
}

function beforeOf(id: string, dependencies: readonly Dependency[]): Dependency {
  return dependencies.find((one) => one.id === id) ?? { id };
}

function linked({ id, task }: Dependency, now: number): Html {
  if (task === undefined)
    return html`<li><span class="muted">deleted</span> <code>${id}</code></li>`;
  return html`<li>${stateBadge(task, now)} <a href="${taskAddress(id)}">${shownTitle(task).slice(0, 80)}</a></li>`;
}

function fact(name: string, value: Part): Part {
  if (value === undefined || value === false || value === "") return false;
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
