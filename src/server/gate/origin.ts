import { ClxError } from "../../domain/errors.ts";
import { hostOf } from "./cookie.ts";

/**
 * Browsers say themselves which page sends a request, and no page can forge it. A request that
 * says nothing comes from no browser of today.
 *
 * `same-site` is foreign: another port of this machine is another program.
 */
export function checkOrigin(request: Request): void {
  const site = request.headers.get("Sec-Fetch-Site");
  const origin = request.headers.get("Origin");
  const isOurs = site === null ? isOwnOrigin(origin, request) : isOwnSite(site);
  if (isOurs) return;
  throw new ClxError(
    "forbidden",
    "this change was sent by a page of another site; do it on the dashboard itself, or with a key",
  );
}

/**
 * Of all that pages of other sites can make a browser fetch, somebody's click on a link is
 * welcome. They could not read the rest, but it would cost us, and its timing tells something.
 */
export function checkReader({ method, headers }: Request): void {
  const site = headers.get("Sec-Fetch-Site");
  if (site === null || isOwnSite(site) || (method !== "GET" && method !== "HEAD")) return;
  const isClick =
    headers.get("Sec-Fetch-Mode") === "navigate" && headers.get("Sec-Fetch-Dest") === "document";
  if (isClick) return;
  throw new ClxError("forbidden", "a page of another site asks for this; it is not for such pages");
}

export function isOwnSite(site: string | null): boolean {
  return site === "same-origin" || site === "none";
}

function isOwnOrigin(origin: string | null, request: Request): boolean {
  if (origin === null) return true;
  return URL.parse(origin)?.host === URL.parse(`http://${hostOf(request)}`)?.host;
}
