import type { Context } from "hono";
import { html } from "../../dashboard/html.ts";
import { notice } from "../../dashboard/notice.ts";
import type { Caller } from "../gate/caller.ts";
import { sentence } from "../pages/act-and-show.ts";
import { htmlResponse, isAskedByScript, showPage } from "../pages/show-page.ts";
import type { ServerContext } from "../server-context.ts";

export interface ErrorPageParams {
  readonly http: Context;
  readonly server: ServerContext;
  readonly caller: Caller;
  readonly status: number;
  readonly message: string;
  readonly requestId: string;
}

const titles: Readonly<Record<number, string>> = {
  400: "This cannot be understood",
  401: "Who are you?",
  403: "This is not yours to do",
  404: "There is nothing here",
  405: "This cannot be done here",
  409: "This cannot be done now",
  413: "This is too large",
  429: "Too many requests",
  503: "Not now",
};

/** What a person sees instead of the envelope; a script gets a notice. */
export async function errorPage(params: ErrorPageParams): Promise<Response> {
  const { status, message, requestId } = params;
  const told = notice("refused", sentence(message));
  if (isAskedByScript(params)) return htmlResponse(told, status);
  const title = titles[status] ?? (status < 500 ? "This cannot be done" : "Something went wrong");
  const main = html`<h1>${title}</h1>${told}<p class="muted">Status ${status}, request <code>${requestId}</code></p><p><a class="button" href="/">To the overview</a></p>`;
  return await showPage(params, { title, main, status });
}
