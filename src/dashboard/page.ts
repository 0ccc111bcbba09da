import type { Role } from "../domain/role.ts";
import { type Html, html, nothing } from "./html.ts";
import { keysHelp } from "./keys-help.ts";
import { exactUtc } from "./time.ts";

/**
 * The frame of every page.
 *
 * How a page is composed. A view (`src/dashboard/thing.ts`) is a function from a view-model to
 * `Html`. Its route (`src/server/pages/thing.ts`) gathers the view-model and answers with
 * `showPage(asked, { title, place, main })` of `server/pages/show-page.ts`, which adds this frame,
 * or, when a script asks (`HX-Request`), `main` alone. Styles are the files in `styles/`, scripts
 * those in `browser/`: all of them are served, put together, so a new file needs no list. Nothing
 * may be inline, not even a style attribute: the content policy forbids it.
 *
 * How it is live. An element with an `id` and `data-live="tasks worker:ID"` is fetched again when
 * one of these topics changes (`ChangeTopic`), from the page's own address or from its
 * `data-source`; all elements of one source share one request. The element with the same id in
 * the answer is morphed into place, so rows need stable ids. Meanwhile nothing is touched where
 * the user selects text, has ticked a box, has a half-typed field or an open dialog; it is caught
 * up afterwards. In a table with `data-rows` on its `tbody`, membership is frozen while somebody
 * points at it, has scrolled past its top or ticked a row: a `<button data-new-rows="ID OF THE
 * TBODY" hidden>` says "N new". `data-announce` is a text that is read out when it changes. An
 * element whose `data-interval` is a number of seconds is fetched that often besides.
 *
 * How it acts. `actionForm` of `button.ts` is a form that works without scripts: its route answers
 * with `actAndShow` of `server/pages/act-and-show.ts`: 303 back to the page or, for scripts, a notice, after
 * which the page is fetched again. What needs confirmation is a `dialogLink` to a page of its
 * own, whose `confirmation` (`dialog.ts`) scripts show as a modal dialog instead. Settings of the
 * browser (theme, density, zone, updates) are kept by any `<select data-setting="theme">`.
 */
export interface Frame {
  readonly title: string;
  /** Which part of the navigation is current. */
  readonly place?: Place;
  readonly viewer: Viewer;
  readonly assets: Assets;
  readonly version: string;
  readonly now: number;
}

/** Who looks at the page. */
export interface Viewer {
  readonly name: string;
  readonly role?: Role;
  /** Came through the sign-in, and can leave. */
  readonly isSignedIn: boolean;
  /** What each form sends back, when there is one. */
  readonly csrfToken?: string;
}

/** Addresses of what the page loads. */
export interface Assets {
  readonly styles: string;
  readonly theme: string;
  readonly htmx: string;
  readonly script: string;
  readonly icon: string;
}

export const places = [
  { name: "overview", href: "/", label: "Overview", key: "o" },
  { name: "tasks", href: "/tasks", label: "Tasks", key: "t" },
  { name: "workers", href: "/workers", label: "Workers", key: "w" },
  { name: "events", href: "/events", label: "Events", key: "e" },
  { name: "settings", href: "/settings", label: "Settings", key: "s" },
] as const;

export type Place = (typeof places)[number]["name"];

/** htmx must neither add styles nor close what the user has opened. */
const htmxConfig = JSON.stringify({
  includeIndicatorCSS: false,
  history: false,
  morphIgnore: ["data-htmx-powered", "data-kept", "open"],
});

export function page(frame: Frame, main: Html): Html {
  const { title, viewer, assets, now } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · clx</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="clx-now" content="${now}">
${viewer.csrfToken !== undefined && html`<meta name="clx-csrf" content="${viewer.csrfToken}">`}
<meta name="htmx-config" content="${htmxConfig}">
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<script src="${assets.theme}"></script>
<link rel="stylesheet" href="${assets.styles}">
<script src="${assets.htmx}" defer></script>
<script src="${assets.script}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
${header(frame)}
<div id="notices" class="notices"></div>
<main id="main" tabindex="-1">
${main}
</main>
${footer(frame)}
<div id="announcer" class="unseen" role="status" aria-live="polite"></div>
${keysHelp()}
</body>
</html>`;
}

function header({ place, viewer }: Frame): Html {
  return html`<header class="top">
<a class="brand" href="/" aria-label="clx, overview"><svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><rect x="2" y="4" width="20" height="4" rx="2"/><rect x="2" y="10" width="13" height="4" rx="2"/><rect x="2" y="16" width="7" height="4" rx="2"/></svg>clx</a>
<nav class="places" aria-label="Main"><ul>${places.map(
    ({ name, href, label, key }) =>
      html`<li><a href="${href}" data-go="${key}" aria-keyshortcuts="g ${key}"${name === place ? html` aria-current="page"` : nothing}>${label}</a></li>`,
  )}</ul></nav>
<div class="session">
<p id="connection" class="connection" hx-morph-skip><span class="light" aria-hidden="true"></span><span class="words">Not live</span><button type="button" class="link" data-resume hidden>Resume</button></p>
<button type="button" class="icon" data-cycle-theme hidden><svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor"/></svg><span class="unseen">Theme: <span data-theme-name>system</span></span></button>
<button type="button" class="icon" data-show-keys hidden><span aria-hidden="true">?</span><span class="unseen">Keyboard help</span></button>
${who(viewer)}
</div>
</header>`;
}

function who({ name, role, isSignedIn, csrfToken }: Viewer): Html {
  const told = html`<p class="who"><span class="name">${name}</span>${role !== undefined && html` <span class="role">${role}</span>`}</p>`;
  if (!isSignedIn) return told;
  return html`${told}<form class="leave" method="post" action="/sign-out">${csrfToken !== undefined && html`<input type="hidden" name="_csrf" value="${csrfToken}">`}<button type="submit" class="link">Sign out</button></form>`;
}

function footer({ version, now }: Frame): Html {
  return html`<footer class="bottom"><p>clx ${version}</p><p id="skew" hidden></p><p>Rendered <time datetime="${new Date(now).toISOString()}" data-tick="clock">${exactUtc(now)}</time></p></footer>`;
}
