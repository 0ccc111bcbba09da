import type { BulkStanding } from "../../domain/bulk.ts";
import { actionForm } from "../button.ts";
import { type Html, html, type Part } from "../html.ts";
import type { Viewer } from "../page.ts";
import { taskAddress } from "../tasks/task-title.ts";
import { time } from "../time.ts";
import { bulkWords, taskCount } from "./bulk-words.ts";

export interface BulkModel {
  readonly work: BulkStanding;
  readonly viewer: Viewer;
  readonly now: number;
}

/** How far it is, and what came of it. */
export function bulkPage(model: BulkModel): Html {
  const { work, now } = model;
  const { id, selection, by, startedAt, endedAt, errors, message } = work;
  return html`<nav class="trail" aria-label="Breadcrumb"><a href="/tasks">Tasks</a> <span aria-hidden="true">/</span> bulk work</nav>
<div id="bulk-work" class="bulk-work" data-live="bulk:${id} tasks" data-announce="${headline(work)}"><div class="heading"><h1>${headline(work)}</h1><div class="actions">${stopButton(model)}</div></div>
${progressOf(work)}
<dl class="facts wide"><div><dt>Tasks</dt><dd>${selection}</dd></div><div><dt>By</dt><dd>${by}</dd></div><div><dt>Started</dt><dd>${time(startedAt, { now })}</dd></div>${endedAt !== undefined && html`<div><dt>Ended</dt><dd>${time(endedAt, { now })}</dd></div>`}</dl>
${message !== undefined && html`<p class="cause">${message}</p>`}
${skippedList(work)}
${errors.length > 0 && html`<section aria-labelledby="bulk-errors"><h2 id="bulk-errors">Failed</h2><ul class="linked">${errors.map(({ taskId, message: why }) => html`<li><a href="${taskAddress(taskId)}"><code>${taskId}</code></a> ${why}</li>`)}</ul></section>`}
</div>`;
}

/** The same in a line, above the list that it changes. */
export function bulkStrip({ work, viewer, now }: BulkModel): Html {
  return html`<div class="bulk-strip" id="bulk-${work.id}"><p><a href="/bulk/${work.id}">${headline(work)}</a></p>${stopButton({ work, viewer, now })}${progressOf(work)}</div>`;
}

function headline({ action, state, expected, done }: BulkStanding): string {
  const { doing, done: did } = bulkWords[action];
  if (state === "running") return `${doing} ${taskCount(expected.eligible, expected.isAtLeast)}`;
  const ending = { done: "", stopped: ", then stopped", failed: ", then it could not go on" }[
    state
  ];
  return `${taskCount(done)} ${did}${ending}`;
}

function tally({ done, skipped, failed }: BulkStanding): string {
  const count = (value: number) => value.toLocaleString("en-US");
  return `${count(done)} done, ${count(skipped)} skipped, ${count(failed)} failed`;
}

function progressOf(work: BulkStanding): Html {
  const { id, done, failed, expected, state } = work;
  const most = Math.max(expected.eligible, done + failed, 1);
  return html`<div class="progress"><p id="tally-${id}">${tally(work)}</p>${state === "running" && html`<progress max="${most}" value="${done + failed}" aria-labelledby="tally-${id}"></progress>`}</div>`;
}

function stopButton({ work, viewer }: BulkModel): Part {
  if (work.state !== "running") return false;
  return actionForm({
    label: "Stop",
    name: `Stop ${bulkWords[work.action].doing.toLowerCase()} tasks`,
    action: `/bulk/${work.id}/stop`,
    needs: "operator",
    viewer,
  });
}

function skippedList({ reasons }: BulkStanding): Part {
  if (reasons.length === 0) return false;
  return html`<section aria-labelledby="bulk-skipped"><h2 id="bulk-skipped">Skipped</h2><ul class="linked">${reasons.map(({ reason, count }) => html`<li>${taskCount(count)}: ${reason}</li>`)}</ul></section>`;
}
