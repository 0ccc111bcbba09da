import { type Html, html } from "../../dashboard/html.ts";
import { type Frame, type Place, page, type Viewer } from "../../dashboard/page.ts";
import type { Caller } from "../gate/caller.ts";
import type { Asked } from "../route.ts";
import { assetAddresses } from "./assets.ts";

export interface Shown {
  readonly title: string;
  readonly place?: Place;
  readonly main: Html;
  readonly status?: number;
}

/** Answers with a page, or with what is in it when a script asks. */
export async function showPage(
  asked: Pick<Asked, "caller" | "server" | "http">,
  { title, place, main, status = 200 }: Shown,
): Promise<Response> {
  if (isAskedByScript(asked)) return htmlResponse(main, status);
  const { server, caller } = asked;
  const frame: Frame = {
    title,
    ...(place !== undefined && { place }),
    viewer: viewerOf(caller),
    assets: await assetAddresses(),
    version: server.settings.version,
    now: server.clock.now(),
  };
  return htmlResponse(page(frame, main), status);
}

/** A question, which scripts show as a dialog, as a page with a heading of its own. */
export async function showQuestion(
  asked: Pick<Asked, "caller" | "server" | "http">,
  { main, ...shown }: Shown,
): Promise<Response> {
  const whole = html`<h1 class="unseen">${shown.title}</h1>${main}`;
  return await showPage(asked, { ...shown, main: whole });
}

export function isAskedByScript({ http }: Pick<Asked, "http">): boolean {
  return http.req.header("HX-Request") === "true";
}

export function viewerOf({ name, role, kind, csrfToken }: Caller): Viewer {
  return {
    name,
    isSignedIn: kind === "signIn",
    ...(role !== undefined && { role }),
    ...(csrfToken !== undefined && { csrfToken }),
  };
}

export function htmlResponse(
  content: Html,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(content.toString(), {
    status,
    headers: htmlHeaders(headers),
  });
}

export function htmlHeaders(more: Readonly<Record<string, string>>): Record<string, string> {
  return {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    Vary: "HX-Request",
    ...more,
  };
}
