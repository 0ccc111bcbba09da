import type { BulkAction, BulkPreview } from "../../domain/bulk.ts";
import { confirmation } from "../dialog.ts";
import { type Html, html, type Part } from "../html.ts";
import { notice } from "../notice.ts";
import type { Viewer } from "../page.ts";
import { bulkWords, taskCount } from "./bulk-words.ts";

export interface BulkQuestion {
  readonly action: BulkAction;
  readonly preview: BulkPreview;
  /** The filter in words; absent for ticked rows. */
  readonly filter?: string;
  /** What the form sends: name and value, in order. */
  readonly fields: readonly (readonly [string, string])[];
  readonly back: string;
  readonly viewer: Viewer;
}

/** Which tasks, how many of them, how many not and why. */
export function confirmBulk(question: BulkQuestion): Html {
  const { action, preview, fields, back, viewer } = question;
  const { eligible, isAtLeast } = preview;
  const { verb } = bulkWords[action];
  if (eligible === 0) return nothingToDo(question);
  const what = `${verb} ${taskCount(eligible, isAtLeast)}`;
  return confirmation({
    id: "confirm-bulk",
    title: `${what}?`,
    body: html`${scope(question)}<ul><li>${taskCount(eligible, isAtLeast)} will be ${bulkWords[action].done}.</li>${skipped(preview)}</ul><p class="muted">${consequences[action]} It goes on in the background and can be stopped. Tasks that are submitted from now on are not touched.</p>`,
    action: "/bulk",
    verb: what,
    refusal: action === "cancel" ? "Keep tasks" : "Cancel",
    look: action === "retry" ? "primary" : "danger",
    choices: html`${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`,
    asksReason: true,
    back,
    viewer,
  });
}

const consequences: Readonly<Record<BulkAction, string>> = {
  cancel: "Those that run are stopped by their workers.",
  retry: "Each gets its full number of attempts again.",
  delete: "Inputs, outputs, attempts and logs are deleted for good.",
};

function scope({ filter, preview }: BulkQuestion): Part {
  const all = preview.eligible + preview.skipped;
  if (filter === undefined) return html`<p>${taskCount(all)} ticked.</p>`;
  return html`<p>All that match: <strong>${filter || "no filter, every task there is"}</strong> (${taskCount(all, preview.isAtLeast)}).</p>`;
}

function skipped({ reasons }: BulkPreview): Part {
  return reasons.map(
    ({ reason, count }) => html`<li>${taskCount(count)} will be skipped: ${reason}.</li>`,
  );
}

function nothingToDo({ action, preview, back }: BulkQuestion): Html {
  const why = preview.reasons.map(({ reason, count }) => `${taskCount(count)}: ${reason}`);
  const words = `There is nothing to ${action}. ${why.join("; ")}`;
  return html`<h1>Nothing to do</h1>${notice("refused", words)}<p><a class="button" href="${back}">Back to the tasks</a></p>`;
}
