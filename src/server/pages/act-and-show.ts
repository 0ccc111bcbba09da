import { html, type Part } from "../../dashboard/html.ts";
import { notice } from "../../dashboard/notice.ts";
import { ClxError, errorFacts } from "../../domain/errors.ts";
import type { Asked } from "../route.ts";
import { htmlResponse, isAskedByScript, showPage } from "./show-page.ts";

export interface PageAction {
  /** Where a browser without scripts goes on. A path of ours. */
  readonly back: string;
  /** Does it, and says what was done: "worker-1 drains". */
  act(): Promise<Part>;
}

/**
 * Does what a form of a page asks for. Scripts get a notice, and fetch what has changed; others
 * are sent back to the page, or told why nothing was done.
 */
export async function actAndShow(
  asked: Pick<Asked, "caller" | "server" | "http" | "audit">,
  { back, act }: PageAction,
): Promise<Response> {
  try {
    const done = await act();
    if (!isAskedByScript(asked))
      return new Response(null, { status: 303, headers: { Location: back } });
    return htmlResponse(notice("done", done), 200, { "HX-Trigger": "clx:changed" });
  } catch (error) {
    if (!(error instanceof ClxError)) throw error;
    const { status } = errorFacts[error.code];
    asked.audit({ code: error.code });
    const told = notice("refused", sentence(error.message));
    if (isAskedByScript(asked)) return htmlResponse(told, status, { "HX-Trigger": "clx:changed" });
    const main = html`<h1>Nothing was done</h1>${told}<p><a class="button" href="${back}">Back, to how it stands now</a></p>`;
    return await showPage(asked, { title: "Nothing was done", main, status });
  }
}

export function sentence(message: string): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
