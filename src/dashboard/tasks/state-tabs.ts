import { type TaskState, taskStates } from "../../domain/task-state.ts";
import { countCap, type MatchingCounts } from "../../store/task-store.ts";
import { glyph } from "../badge.ts";
import { type Html, html, nothing } from "../html.ts";
import { countWords } from "./count-words.ts";
import { type TasksQuery, tasksAddress } from "./tasks-query.ts";

/** Each state with its count under the same filter; the counts are those of the lists they lead to. */
export function stateTabs(query: TasksQuery, { counts }: MatchingCounts): Html {
  const { state: _state, after: _after, ...rest } = query;
  return html`<nav class="tabs" aria-label="States"><ul>
${tab({ href: tasksAddress(rest), label: html`All`, count: total(counts), isCurrent: query.state === undefined })}
${taskStates.map((state) =>
  tab({
    href: tasksAddress({ ...rest, state }),
    label: html`${glyph(state)} ${state}`,
    count: countWords(counts[state]),
    isCurrent: query.state === state,
  }),
)}
</ul></nav>`;
}

interface Tab {
  readonly href: string;
  readonly label: Html;
  readonly count: string;
  readonly isCurrent: boolean;
}

function tab({ href, label, count, isCurrent }: Tab): Html {
  return html`<li><a href="${href}"${isCurrent ? html` aria-current="page"` : nothing}>${label} <span class="count">${count}</span></a></li>`;
}

function total(counts: Readonly<Record<TaskState, number>>): string {
  const sum = Object.values(counts).reduce((all, count) => all + count, 0);
  const isCapped = Object.values(counts).some((count) => count >= countCap);
  return isCapped || sum >= countCap ? countWords(countCap) : countWords(sum);
}
