import { hiddenFields, lacksRole, submitButton } from "../button.ts";
import { type Html, html } from "../html.ts";
import type { TasksModel } from "./tasks-model.ts";

type Model = Pick<TasksModel, "viewer" | "known" | "newTaskKey">;

export function newTaskForm({ viewer, known, newTaskKey }: Model): Html {
  const why = lacksRole(viewer, "operator");
  if (why !== undefined) return submitButton({ label: "New task", why });
  return html`<details class="new-task" id="new-task"><summary class="button">New task</summary>
<form method="post" action="/tasks" hx-post="/tasks" hx-target="#notices" hx-swap="beforeend">
${hiddenFields(viewer)}${newTaskKey !== undefined && html`<span id="new-task-key" data-live="tasks" hidden><input type="hidden" name="key" value="${newTaskKey}"></span>`}
<p class="field"><label for="new-type">Type</label><input id="new-type" name="type" required maxlength="200" autocomplete="off" list="known-new-type" value="command"><datalist id="known-new-type">${known.types.map((type) => html`<option value="${type}"></option>`)}</datalist></p>
<p class="field"><label for="new-title">Title <span class="muted">(optional)</span></label><input id="new-title" name="title" maxlength="200" autocomplete="off"></p>
<p class="field"><label for="new-priority">Priority</label><input id="new-priority" name="priority" type="number" step="1" value="0"></p>
<p class="field wide"><label for="new-payload">Payload <span class="muted">(JSON; for an agent its instruction)</span></label><textarea id="new-payload" name="payload" rows="5" spellcheck="false" required>{"argv": ["echo", "hello"]}</textarea></p>
<div class="buttons">${submitButton({ label: "Submit task", look: "primary" })}</div>
</form></details>`;
}
