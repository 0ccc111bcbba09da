import { viewTabs } from "../agent/view-tabs.ts";
import { submitButton } from "../button.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { grouped } from "../tasks/count-words.ts";
import { taskAddress } from "../tasks/task-title.ts";
import { logLines } from "./log-lines.ts";
import type { LogModel } from "./log-model.ts";

/**
 * The log, open at its end. A script appends what comes, and lets it follow as long as nobody
 * scrolls up. Whatever asks the server is a link or a form, so that it works without scripts.
 */
export function logView(log: LogModel, isOfAgent = false): Html {
  const { taskId, find, isOpen } = log;
  const address = taskAddress(taskId, "/log");
  const isFiltered = find !== undefined;
  const view = isOfAgent ? "?view=log" : "";
  return html`<section class="log" id="log" aria-labelledby="log-title" data-log="${address}"${isFiltered ? html` data-filtered` : nothing}>
<div class="log-bar"><h2 id="log-title"${isOfAgent && html` class="unseen"`}>Log</h2>${isOfAgent && viewTabs(taskId, "log")}
<form class="find" method="get" action="${taskAddress(taskId)}#log" role="search" aria-label="Search the log">${isOfAgent && html`<input type="hidden" name="view" value="log">`}<label class="unseen" for="log-find">Find in the log</label><input id="log-find" name="find" type="search" value="${find ?? ""}" placeholder="Find in the log" maxlength="200" autocomplete="off" spellcheck="false">${submitButton({ label: "Find" })}${isFiltered && html`<a class="button" href="${taskAddress(taskId)}${view}#log">Show all</a>`}</form>
<p class="log-tools"><label class="follow needs-script"><input type="checkbox" data-follow> Follow</label><button type="button" data-copy="" data-copy-log hidden>Copy shown lines</button><a class="button" href="${taskAddress(taskId, "/log.txt")}" download>Download</a></p></div>
${logEnd(taskId, log.lines.at(-1)?.cursor ?? 0)}
${isFiltered ? foundNote(log) : nothing}
<div class="log-frame" id="log-frame" tabindex="0" role="region" aria-label="Lines of the log">${earlier(log, isOfAgent)}${log.lines.length === 0 ? nothingYet(isFiltered, isOpen) : logLines(log)}</div>
<p class="log-news"><button type="button" class="primary" data-log-news hidden>New lines</button></p>
</section>`;
}

/** Changes whenever there are new lines, so that a script knows when to fetch them. */
export function logEnd(taskId: string, last: number): Html {
  return html`<p id="log-end" class="unseen" data-live="log:${taskId} task:${taskId}" data-source="${taskAddress(taskId, "/log-end")}" data-last="${last}"></p>`;
}

function earlier({ taskId, lines, hasEarlier }: LogModel, isOfAgent: boolean): Part {
  const first = lines[0]?.cursor;
  if (!hasEarlier || first === undefined) return false;
  return html`<p class="earlier"><a class="button" href="${taskAddress(taskId)}?before=${first}${isOfAgent && "&view=log"}#log" data-earlier>Earlier lines</a></p>`;
}

function foundNote({ lines, find }: LogModel): Html {
  const words = lines.length === 1 ? "1 line has" : `${grouped(lines.length)} lines have`;
  return html`<p class="note" role="status">${words} “${find}” in it.</p>`;
}

function nothingYet(isFiltered: boolean, isOpen: boolean): Html {
  const words = isFiltered
    ? "No line has that in it."
    : isOpen
      ? "Nothing has been written yet."
      : "Nothing was written.";
  return html`<p class="muted nothing-yet">${words}</p><ol id="log-lines" class="log-lines" data-last="0"></ol>`;
}
