import { escapeHtml } from "../../../notebook/page/escape-html.ts";

const style = `body { font-family: system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2rem; font-size: 1.1rem } li { margin: .3rem 0 }
@media (prefers-color-scheme: dark) { body { background: #14171a; color: #e6e6e6 } a { color: #8ab4f8 } }`;

const reload = `new EventSource("/changes").addEventListener("message", () => { AGAIN });`;

/** All pages of a course; it lists them anew after each build. */
export function listPage(pages: readonly string[]): string {
  const folders = Map.groupBy(pages, (page) => page.slice(0, page.lastIndexOf("/")));
  const lists = [...folders].map(([folder, inner]) => {
    const items = inner.map((page) => {
      const name = page.slice(page.lastIndexOf("/") + 1).replace(/\.html$/, "");
      return `<li><a href="/view/${encoded(page)}">${escapeHtml(name)}</a></li>`;
    });
    return `<h2>${escapeHtml(folder.replaceAll("/", " / "))}</h2><ul>${items.join("")}</ul>`;
  });
  const body = lists.join("") || "<p>Nothing is built yet.</p>";
  return page("Preview", `<style>${style}</style><h1>Preview</h1>${body}`, "location.reload()");
}

/** A page in a frame, which is loaded again after each build and stays where it was. */
export function framePage(place: string): string {
  const frame = `<style>body { margin: 0 } iframe { border: 0; width: 100vw; height: 100vh; display: block }</style>
<iframe src="/files/${encoded(place)}" title="${escapeHtml(place)}"></iframe>`;
  return page(
    place.slice(place.lastIndexOf("/") + 1),
    frame,
    "document.querySelector('iframe').contentWindow.location.reload()",
  );
}

function page(title: string, body: string, again: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title></head><body>${body}<script>${reload.replace("AGAIN", again)}</script></body></html>`;
}

function encoded(place: string): string {
  return place.split("/").map(encodeURIComponent).join("/");
}
