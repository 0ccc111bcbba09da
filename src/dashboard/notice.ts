import { type Html, html, type Part } from "./html.ts";

/** What came of an action. Failures are read out at once, the rest when there is time. */
export function notice(kind: "done" | "refused", text: Part): Html {
  const role = kind === "refused" ? "alert" : "status";
  return html`<div class="notice ${kind}" role="${role}"><p>${text}</p><button type="button" class="icon" data-dismiss aria-label="Dismiss"><span aria-hidden="true">×</span></button></div>`;
}
