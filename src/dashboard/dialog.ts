import { answered, hiddenFields, submitButton } from "./button.ts";
import { type Html, html, nothing, type Part } from "./html.ts";
import type { Viewer } from "./page.ts";

export interface ConfirmationModel {
  /** Unique on the page. */
  readonly id: string;
  /** A question or a finding: "Abort worker-1?". */
  readonly title: string;
  /** What will happen, to what. */
  readonly body: Part;
  readonly action: string;
  /** Verb and object: "Abort worker-1". */
  readonly verb: string;
  /** What the other button says; "Cancel" when left out. */
  readonly refusal?: string;
  readonly look?: "primary" | "danger";
  readonly viewer: Viewer;
  readonly fields?: Readonly<Record<string, string | number>>;
  /** More controls, above the reason. */
  readonly choices?: Part;
  /** Asks for a reason, which goes to the events. */
  readonly asksReason?: boolean;
  /** Where Cancel leads without scripts. */
  readonly back: string;
  readonly target?: string;
}

/**
 * Asks before something is done: as a page of its own, and as a modal dialog when a script has
 * fetched it. Cancel has the focus, Escape closes.
 */
export function confirmation(model: ConfirmationModel): Html {
  const {
    id,
    title,
    body,
    action,
    verb,
    refusal = "Cancel",
    look = "danger",
    viewer,
    target,
  } = model;
  return html`<dialog id="${id}" class="confirmation" aria-labelledby="${id}-title" open>
<form method="post" action="${action}"${answered(action, target)}>
<h2 id="${id}-title">${title}</h2>
<div class="body">${body}</div>
${hiddenFields(viewer, model.fields)}
${model.choices ?? nothing}
${model.asksReason === true && reasonField(id)}
<div class="buttons"><a class="button" role="button" href="${model.back}" data-close autofocus>${refusal}</a>${submitButton({ label: verb, look })}</div>
</form></dialog>`;
}

function reasonField(id: string): Html {
  return html`<p class="field"><label for="${id}-reason">Reason <span class="muted">(goes to Events)</span></label><input id="${id}-reason" name="reason" maxlength="500" autocomplete="off"></p>`;
}
