import type { JsonValue } from "../../domain/json.ts";
import { type Html, html, type Part } from "../html.ts";
import { redact } from "../task/redact.ts";
import { shownText } from "./shown-text.ts";

const mostShown = 20_000;
/** Longer ones are folded. */
const mostLines = 12;

/** What a tool was given, field by field: texts as the lines that they are, the rest as JSON. */
export function toolInput(input: JsonValue): Html {
  const shown = redact(input);
  if (!isObject(shown)) return html`<pre class="value"><code>${valueText(shown)}</code></pre>`;
  return html`<dl class="tool-input">${Object.entries(shown).map(([name, value]) => field(name, value))}</dl>`;
}

function field(name: string, value: JsonValue): Html {
  const text = valueText(value);
  const isBlock = text.includes("\n");
  const shown = isBlock
    ? html`<pre class="value"><code>${text}</code></pre>`
    : html`<code class="value">${text}</code>`;
  return html`<div${isBlock && html` class="block"`}><dt>${shownText(name)}</dt><dd>${shown}</dd></div>`;
}

/** All of it that is shown, as text. */
export function inputWords(input: JsonValue): string {
  const shown = redact(input);
  if (!isObject(shown)) return valueText(shown);
  return Object.entries(shown)
    .map(([name, value]) => `${shownText(name)} ${valueText(value)}`)
    .join("\n");
}

function valueText(value: JsonValue): string {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const shown = shownText(text);
  if (shown.length <= mostShown) return shown;
  return `${shown.slice(0, mostShown)}\n… ${shown.length - mostShown} characters more are in the log`;
}

/** Whether it is short enough to be shown at once. */
export function isShort(input: JsonValue): boolean {
  const text = isObject(input) ? Object.values(input).map(valueText).join("\n") : valueText(input);
  return text.split("\n").length <= mostLines && text.length <= 1_500;
}

const telling = [
  "command",
  "file_path",
  "path",
  "pattern",
  "url",
  "query",
  "description",
  "prompt",
];

/** The one field that says most, in one line. */
export function gist(input: JsonValue): Part {
  const shown = redact(input);
  if (!isObject(shown)) return typeof shown === "string" && firstLine(shown);
  const name = telling.find((one) => typeof shown[one] === "string") ?? Object.keys(shown)[0];
  const value = name === undefined ? undefined : shown[name];
  return (
    value !== undefined && firstLine(typeof value === "string" ? value : JSON.stringify(value))
  );
}

export function firstLine(text: string): string {
  const line = shownText(text.slice(0, 2_000)).trim().split("\n")[0] ?? "";
  return line.length > 120 ? `${[...line].slice(0, 119).join("")}…` : line;
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
