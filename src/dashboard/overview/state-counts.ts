import { taskStates } from "../../domain/task-state.ts";
import { glyph } from "../badge.ts";
import { type Html, html } from "../html.ts";
import { countWords } from "../tasks/count-words.ts";
import { tasksAddress } from "../tasks/tasks-query.ts";
import type { OverviewModel } from "./overview-model.ts";

/** Each state with its count, which is that of the list behind it. */
export function stateCounts({ counts: { counts } }: OverviewModel): Html {
  return html`<nav class="state-counts" id="state-counts" data-live="tasks overview" aria-label="Tasks by state"><ul>${taskStates.map(
    (state) =>
      html`<li class="${state}${counts[state] === 0 && " is-zero"}"><a href="${tasksAddress({ state })}"><span class="count">${countWords(counts[state])}</span> <span class="state">${glyph(state)}${state}</span></a></li>`,
  )}</ul></nav>`;
}
