import { bulkStrip } from "../bulk/bulk.ts";
import { empty } from "../empty.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { type Column, table } from "../table.ts";
import { bulkBar } from "./bulk-bar.ts";
import { grouped } from "./count-words.ts";
import { filterLine } from "./filters.ts";
import { newTaskForm } from "./new-task.ts";
import { stateTabs } from "./state-tabs.ts";
import { taskRow } from "./task-row.ts";
import type { TasksModel } from "./tasks-model.ts";
import { isFiltered, type Order, type TasksQuery, tasksAddress } from "./tasks-query.ts";

export function tasksPage(model: TasksModel): Html {
  return html`<div class="heading"><h1>Tasks</h1><div class="actions">${newTaskForm(model)}</div></div>
${filterLine(model)}
${tasksList(model)}`;
}

/** Everything of it changes with the tasks, and is fetched again as one. */
function tasksList(model: TasksModel): Html {
  const { query, counts, tasks, bulkWork, viewer, now } = model;
  return html`<section id="task-list" data-live="tasks" aria-label="Tasks">
${stateTabs(query, counts)}
${lookedThroughNote(model)}
<p class="new-rows"><button type="button" data-new-rows="tasks-rows" hidden>New tasks</button></p>
${tasks.length === 0 ? nothingToShow(model) : rows(model)}
${bulkWork.map((work) => bulkStrip({ work, viewer, now }))}
</section>`;
}

function rows(model: TasksModel): Html {
  return html`${rowsOf(model)}
${paging(model)}
${bulkBar(model)}`;
}

function rowsOf({ tasks, query, now }: TasksModel): Html {
  const { order } = query;
  return table({
    id: "tasks",
    caption: `Tasks${query.state === undefined ? "" : `, ${query.state}`}, ${orderWords[order]}`,
    isCaptionUnseen: true,
    columns: columns(query),
    headAt: 2,
    isFrozenInUse: true,
    rows: tasks.map((task) => taskRow(task, { now, order, isTickable: true })),
  });
}

const orderWords: Readonly<Record<Order, string>> = {
  newest: "newest first",
  oldest: "oldest first",
  ended: "those that ended last first",
};

/** For scripts: without them it would do nothing. */
const tickAll = html`<span class="unseen">Tick</span><input type="checkbox" class="needs-script" data-all-rows aria-label="Tick all rows of this page">`;

function columns(query: TasksQuery): Column[] {
  const { order } = query;
  return [
    { head: "Tick", control: tickAll, name: "tick" },
    { head: "State", name: "state" },
    { head: "Title", name: "title" },
    { head: "Type", name: "type" },
    { head: "Priority", isNumber: true, name: "priority" },
    { head: "Attempt", isNumber: true, name: "attempt" },
    { head: "Worker", name: "worker" },
    { head: "Waited", isNumber: true, name: "waited" },
    { head: "Ran", isNumber: true, name: "ran" },
    clockColumn(query, order),
  ];
}

/** Sorted by the time it shows, and turned around by its button. */
function clockColumn(query: TasksQuery, order: Order): Column {
  const { after: _after, ...rest } = query;
  const href = tasksAddress({ ...rest, order: order === "newest" ? "oldest" : "newest" });
  const isNumber = true;
  if (order === "ended") {
    return { head: "Ended", isNumber, name: "age", sort: { href, order: "descending" } };
  }
  const direction = order === "newest" ? "ascending" : "descending";
  return { head: "Age", isNumber, name: "age", sort: { href, order: direction } };
}

function lookedThroughNote({ lookedThrough, counts }: TasksModel): Part {
  const most = lookedThrough ?? counts.lookedThrough;
  if (most === undefined) return false;
  return html`<p class="note">Looked through the newest ${grouped(most)}. Older ones were not; choose a state, type or age to reach them.</p>`;
}

function paging({ query, next, tasks }: TasksModel): Html {
  const { after, ...first } = query;
  const isFirst = after === undefined;
  if (isFirst && next === undefined)
    return html`<p class="paging muted">${grouped(tasks.length)} shown, all there are.</p>`;
  return html`<nav class="paging" aria-label="Pages">
${isFirst ? nothing : html`<a class="button" href="${tasksAddress(first)}">First page</a>`}
${next === undefined ? html`<span class="muted">This is the last page.</span>` : html`<a class="button" rel="next" href="${tasksAddress({ ...first, after: next })}">Next page</a>`}
</nav>`;
}

function nothingToShow({ query, counts }: TasksModel): Html {
  const { after: _after, state, ...rest } = query;
  if (query.after !== undefined) {
    return empty({
      kind: "no_match",
      title: "There are no more tasks.",
      clear: tasksAddress({ ...rest, ...(state && { state }) }),
    });
  }
  const any = Object.values(counts.counts).some((count) => count > 0);
  if (isFiltered(query) || (state !== undefined && any)) {
    const elsewhere = any ? "Other states have some: see the counts above." : undefined;
    return empty({
      kind: "no_match",
      title: "No task fits these filters.",
      clear: tasksAddress(any && isFiltered(query) ? rest : {}),
      ...(elsewhere !== undefined && { more: elsewhere }),
    });
  }
  return empty({
    kind: "none",
    title: "There are no tasks yet.",
    command: "clx submit command -- echo hello",
    more: "Submit one from a shell; it is here within a second.",
  });
}
