import { viewTabs } from "../agent/view-tabs.ts";
import { submitButton } from "../button.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { grouped } from "../tasks/count-words.ts";
import { taskAddress } from "../tasks/task-title.ts";
import { logLines } from "./log-lines.ts";
import type { LogModel } from "./log-model.ts";
import { nothingWritten } from "./nothing-yet.ts";

/**
 * The log, open at its end. A script appends what comes, and lets it follow as long as nobody
 * scrolls up. Whatever asks the server is a link or a form, so that it works without scripts.
 */
export function logView(log: LogModel, isOfAgent = false): Html {
  const { taskId, find, hasLater } = log;
  const address = taskAddress(taskId, "/log");
  const isFiltered = find !== undefined;
  const view = isOfAgent ? "?view=log" : "";
  return html`<section class="log" id="log" aria-labelledby="log-title" data-log="${address}"${isFiltered && html` data-filtered`}${hasLater && html` data-has-later`}>
<div class="log-bar"><h2 id="log-title"${isOfAgent && html` class="unseen"`}>Log</h2>${isOfAgent && viewTabs(taskId, "log")}
<form class="find" method="get" action="${taskAddress(taskId)}#log" role="search" aria-label="Search the log">${isOfAgent && html`<input type="hidden" name="view" value="log">`}<label class="unseen" for="log-find">Find in the log</label><input id="log-find" name="find" type="search" value="${find ?? ""}" placeholder="Find in the log" maxlength="200" autocomplete="off" spellcheck="false">${submitButton({ label: "Find" })}${isFiltered && html`<a class="button" href="${taskAddress(taskId)}${view}#log">Show all</a>`}</form>
<p class="log-tools">${!isFiltered && ends(log, isOfAgent)}<label class="follow needs-script"><input type="checkbox" data-follow> Follow</label><button type="button" data-copy="" data-copy-log hidden>Copy shown lines</button><a class="button" href="${taskAddress(taskId, "/log.txt")}" download>Download</a></p></div>
${logEnd(taskId, log.lines.at(-1)?.cursor ?? 0)}
${isFiltered ? foundNote(log) : nothing}
<div class="log-frame" id="log-frame" tabindex="0" role="region" aria-label="Lines of the log">${earlier(log, isOfAgent)}${log.lines.length === 0 ? noLines(log) : logLines(log)}${later(log, isOfAgent)}</div>
<p class="log-news"><button type="button" class="primary" data-log-news hidden>New lines</button></p>
</section>`;
}

/** Changes whenever there are new lines, so that a script knows when to fetch them. */
export function logEnd(taskId: string, last: number): Html {
  return html`<p id="log-end" class="unseen" data-live="log:${taskId} task:${taskId}" data-source="${taskAddress(taskId, "/log-end")}" data-last="${last}"></p>`;
}

/** Of a log of any length. */
function ends({ taskId, hasEarlier, hasLater }: LogModel, isOfAgent: boolean): Part {
  const view = isOfAgent && "&view=log";
  return html`${hasEarlier && html`<a class="button" href="${taskAddress(taskId)}?from=1${view}#log">Beginning</a>`}<a class="button" href="${taskAddress(taskId)}${isOfAgent && "?view=log"}#log" data-to-end${!hasLater && html` hidden`}>End</a>`;
}

function later({ taskId, lines, hasLater }: LogModel, isOfAgent: boolean): Part {
  const next = (lines.at(-1)?.cursor ?? 0) + 1;
  return html`<p class="later"${!hasLater && html` hidden`}><a class="button" href="${taskAddress(taskId)}?from=${next}${isOfAgent && "&view=log"}#log" data-later>Later lines</a></p>`;
}

function earlier({ taskId, lines, hasEarlier }: LogModel, isOfAgent: boolean): Part {
  const first = lines[0]?.cursor;
  return html`<p class="earlier"${!(hasEarlier && first !== undefined) && html` hidden`}><a class="button" href="${taskAddress(taskId)}?before=${first ?? 1}${isOfAgent && "&view=log"}#log" data-earlier>Earlier lines</a></p>`;
}

function foundNote({ lines, find, hasMoreFound = false }: LogModel): Html {
  const many = `${hasMoreFound ? "The first " : ""}${grouped(lines.length)} lines ${hasMoreFound ? "that have" : "have"}`;
  if (hasMoreFound)
    return html`<p class="note" role="status">${many} “${find}” in them; there are more.</p>`;
  const words = lines.length === 1 ? "1 line has" : many;
  return html`<p class="note" role="status">${words} “${find}” in it.</p>`;
}

function noLines({ taskId, find, isOpen }: LogModel): Html {
  const note =
    find === undefined
      ? nothingWritten({ taskId, isOpen })
      : html`<p class="muted nothing-yet">No line has that in it.</p>`;
  return html`${note}<ol id="log-lines" class="log-lines" data-last="0"></ol>`;
}
