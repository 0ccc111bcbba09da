import { type Html, html, type Part } from "../html.ts";
import { shownText } from "./shown-text.ts";

/**
 * What an agent says, as it means it: fences become blocks, and what is marked as code or strong
 * is shown so. Everything else stays the text that it is.
 */
export function messageText(text: string): Html {
  const parts = shownText(text)
    .trim()
    .split(/^ {0,3}```.*$/m)
    .map((part, at) => (at % 2 === 1 ? block(part) : prose(part)));
  return html`${parts}`;
}

function block(code: string): Html {
  return html`<pre class="fence"><code>${code.replace(/^\n/, "").trimEnd()}</code></pre>`;
}

function prose(text: string): Part {
  const paragraphs = text.split(/\n{2,}/).filter((part) => part.trim() !== "");
  return paragraphs.map(
    (part) => html`<p class="prose">${marked(part.replace(/^\n|\n$/g, ""))}</p>`,
  );
}

const marks = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|^#{1,6} +(.+)$/gm;

function marked(text: string): Part {
  const parts: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(marks)) {
    const [all, code, strong, heading] = found;
    parts.push(text.slice(from, found.index));
    if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else parts.push(html`<strong>${strong ?? heading ?? ""}</strong>`);
    from = found.index + all.length;
  }
  return [...parts, text.slice(from)];
}
