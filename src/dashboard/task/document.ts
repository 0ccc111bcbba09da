import type { JsonValue } from "../../domain/json.ts";
import { size } from "../../domain/size-words.ts";
import { type Html, html, type Part } from "../html.ts";
import { redact } from "./redact.ts";

/** Beyond this it is shown without colours, and beyond the next not whole. */
const mostColoured = 60_000;
const mostShown = 200_000;

export interface DocumentModel {
  readonly id: string;
  readonly title: string;
  readonly value: JsonValue | undefined;
  /** Where the whole of it is. */
  readonly download: string;
}

/** JSON for people: indented, escaped, without secrets, to be copied or fetched whole. */
export function documentView({ id, title, value, download }: DocumentModel): Html {
  if (value === undefined) return html``;
  const text = JSON.stringify(redact(value), null, 2);
  const shown = text.slice(0, mostShown);
  return html`<section class="document" aria-labelledby="${id}-title"><div class="log-bar"><h2 id="${id}-title">${title}</h2><p class="log-tools"><button type="button" data-copy data-copy-from="${id}" hidden>Copy</button><a class="button" href="${download}" download>Download</a></p></div>
${isUnsure(text) && html`<p class="note">Numbers beyond 2^53 are shown as they are stored; whoever handed them in as numbers may have lost their last digits before.</p>`}
<pre id="${id}" tabindex="0" aria-label="${title}"><code>${shown.length > mostColoured ? shown : coloured(shown)}</code></pre>
${text.length > shown.length && html`<p class="note">The first ${size(mostShown)} of ${size(text.length)}; the download has all of it.</p>`}</section>`;
}

const tokens =
  /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;

function coloured(text: string): Part {
  const parts: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(tokens)) {
    const [all, quoted, colon, word] = found;
    parts.push(text.slice(from, found.index));
    const token = quoted ?? all;
    const kind = quoted === undefined ? (word ? "word" : "figure") : colon ? "name" : "quoted";
    parts.push(html`<span class="json-${kind}">${token}</span>`);
    if (colon) parts.push(colon);
    from = found.index + all.length;
  }
  return [...parts, text.slice(from)];
}

/** Outside of strings, as far as a glance can tell. */
function isUnsure(text: string): boolean {
  const figures = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d{16,}/g) ?? [];
  return figures.some((figure) => !Number.isSafeInteger(Number(figure)));
}
