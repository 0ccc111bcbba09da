import type { TaskState } from "../../domain/task-state.ts";
import { lacksRole, submitButton } from "../button.ts";
import { type Html, html } from "../html.ts";
import { countWords } from "./count-words.ts";
import type { TasksModel } from "./tasks-model.ts";
import { tasksParams } from "./tasks-query.ts";

/**
 * What can be done to the ticked rows. It shows once a row is ticked; "all that match" is a
 * second box. Each button leads to a question that says what will happen to how many.
 */
export function bulkBar(model: Pick<TasksModel, "query" | "counts" | "viewer" | "tasks">): Html {
  const { query, counts, viewer } = model;
  const why = lacksRole(viewer, "operator");
  const { after: _after, order: _order, ...filter } = query;
  const matching = query.state === undefined ? all(counts.counts) : counts.counts[query.state];
  return html`<form id="bulk" class="bulk-bar" method="get" action="/bulk" data-dialog aria-label="Act on ticked tasks">
${[...tasksParams(filter)].map(([name, value]) => html`<input type="hidden" name="filter.${name}" value="${value}">`)}
<p class="ticked"><span class="needs-script"><strong data-ticked-count>0</strong> ticked</span><noscript>With the ticked rows:</noscript></p>
<p class="matching"><label><input type="checkbox" name="all" value="1"> Select all ${countWords(matching)} matching</label></p>
<div class="buttons">${bulkActions.map(({ action, label, look }) =>
    why === undefined
      ? html`<button type="submit" name="action" value="${action}" class="${look}">${label}</button>`
      : submitButton({ label, look, why }),
  )}<button type="button" class="link needs-script" data-resume>Untick all</button></div>
</form>`;
}

export const bulkActions = [
  { action: "cancel", label: "Cancel…", look: "plain" },
  { action: "retry", label: "Retry…", look: "plain" },
  { action: "delete", label: "Delete…", look: "danger" },
] as const;

function all(counts: Readonly<Record<TaskState, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
