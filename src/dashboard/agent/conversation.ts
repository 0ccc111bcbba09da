import { submitButton } from "../button.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { logEnd } from "../task/log-view.ts";
import { nothingSaid } from "../task/nothing-yet.ts";
import { grouped } from "../tasks/count-words.ts";
import { taskAddress } from "../tasks/task-title.ts";
import type { ConversationItem, ConversationModel } from "./agent-model.ts";
import { entryView } from "./entry-view.ts";
import { joinTexts } from "./join-texts.ts";
import { viewTabs } from "./view-tabs.ts";

/**
 * What an agent says and does, open at its end. It is the log with another face: the same script
 * appends what comes, follows it, and fetches what is earlier.
 */
export function conversationView(model: ConversationModel): Html {
  const { taskId, items, find, hasLater } = model;
  const address = taskAddress(taskId, "/conversation");
  const isFiltered = find !== undefined;
  return html`<section class="log conversation" id="log" aria-labelledby="log-title" data-log="${address}" data-news="entry entries"${isFiltered && html` data-filtered`}${hasLater && html` data-has-later`}>
<div class="log-bar"><h2 id="log-title" class="unseen">Conversation</h2>${viewTabs(taskId, "conversation")}
<form class="find" method="get" action="${taskAddress(taskId)}#log" role="search" aria-label="Search the conversation"><label class="unseen" for="log-find">Find in the conversation</label><input id="log-find" name="find" type="search" value="${find ?? ""}" placeholder="Find" maxlength="200" autocomplete="off" spellcheck="false">${submitButton({ label: "Find" })}${isFiltered && html`<a class="button" href="${taskAddress(taskId)}#log">Show all</a>`}</form>
<p class="log-tools">${!isFiltered && endLinks(model)}<label class="follow needs-script"><input type="checkbox" data-follow> Follow</label><a class="button" href="${taskAddress(taskId, "/log.txt")}" download>Download</a></p></div>
${logEnd(taskId, items.at(-1)?.cursor ?? 0)}
${isFiltered ? foundNote(model) : nothing}
<div class="log-frame" id="log-frame" tabindex="0" role="region" aria-label="Entries of the conversation">${earlier(model)}${items.length === 0 ? noEntries(model) : conversationRows(model)}${later(model)}</div>
<p class="log-news"><button type="button" class="primary" data-log-news hidden>New entries</button></p>
</section>`;
}

/** The rows of a stretch; a gap, a new turn and a new attempt are told where they are. */
export function conversationRows(model: ConversationModel): Html {
  const tools = new Map(model.tools);
  let before: Before = { cursor: model.after, attempt: 0, turn: model.turn };
  const rows = joinTexts(model.items).map((item) => {
    const { entry } = item;
    if (entry?.kind === "tool_used") tools.set(entry.callId, entry.tool);
    const isFirst = item.attempt !== before.attempt && before.attempt !== 0;
    const turn = turnOf(item) ?? (isFirst ? 0 : before.turn);
    const row = html`${model.find === undefined && gap(item.cursor - before.cursor - 1)}${newAttempt(item, before)}${newTurn(turn, before.turn)}${entryView(item, { ...model, tools })}`;
    before = { cursor: item.lastCursor, attempt: item.attempt, turn };
    return row;
  });
  return html`<ol id="log-lines" class="entries" data-last="${before.cursor}">${rows}</ol>`;
}

interface Before {
  readonly cursor: number;
  readonly attempt: number;
  readonly turn: number;
}

export function turnOf({ entry }: Pick<ConversationItem, "entry">): number | undefined {
  return entry !== undefined && "turn" in entry ? entry.turn : undefined;
}

function gap(missing: number): Part {
  if (missing <= 0) return false;
  return html`<li class="gap">${grouped(missing)} ${missing === 1 ? "entry was" : "entries were"} not kept</li>`;
}

function newAttempt(item: ConversationItem, before: Before): Part {
  if (item.attempt === before.attempt || item.attempt === 1) return false;
  return html`<li class="gap">Attempt ${item.attempt}</li>`;
}

function newTurn(turn: number, before: number): Part {
  return turn !== before && turn > 0 && html`<li class="turn">Turn ${turn}</li>`;
}

function earlier({ taskId, items, hasEarlier }: ConversationModel): Part {
  const first = items[0]?.cursor;
  return html`<p class="earlier"${!(hasEarlier && first !== undefined) && html` hidden`}><a class="button" href="${taskAddress(taskId)}?before=${first ?? 1}#log" data-earlier>Earlier entries</a></p>`;
}

function later({ taskId, items, hasLater }: ConversationModel): Part {
  const next = (items.at(-1)?.cursor ?? 0) + 1;
  return html`<p class="later"${!hasLater && html` hidden`}><a class="button" href="${taskAddress(taskId)}?from=${next}#log" data-later>Later entries</a></p>`;
}

/** Of a conversation of any length. */
function endLinks({ taskId, hasEarlier, hasLater }: ConversationModel): Part {
  return html`${hasEarlier && html`<a class="button" href="${taskAddress(taskId)}?from=1#log">Beginning</a>`}<a class="button" href="${taskAddress(taskId)}#log" data-to-end${!hasLater && html` hidden`}>End</a>`;
}

function foundNote({ items, find, hasMoreFound = false }: ConversationModel): Html {
  const found = joinTexts(items).length;
  const count = found === 1 ? "1 entry has" : `${grouped(found)} entries have`;
  const words = hasMoreFound ? `The first ${grouped(found)} entries that have` : count;
  return html`<p class="note" role="status">${words} “${find}” in ${found === 1 ? "it" : "them"}${hasMoreFound && "; there are more"}.</p>`;
}

function noEntries({ taskId, find, isOpen }: ConversationModel): Html {
  const note =
    find === undefined
      ? nothingSaid({ taskId, isOpen })
      : html`<p class="muted nothing-yet">No entry has that in it.</p>`;
  return html`${note}<ol id="log-lines" class="entries" data-last="0"></ol>`;
}
