import type { JsonValue } from "../../domain/json.ts";
import type { CellOutput } from "../notebook.ts";
import { ansiToHtml } from "./ansi.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderMath } from "./math.ts";
import type { PageWords } from "./page-words.ts";
import { codeBlock, readMarkdown } from "./read-markdown.ts";
import { type PageScope, settleHtml } from "./settle-html.ts";

export interface OutputScope extends PageScope {
  readonly words: PageWords;
  /** Told when an output brings scripts, which run in a frame of their own. */
  readonly onScripts: () => void;
}

/** What a cell printed, showed and answered, for a page. */
export function showOutputs(outputs: readonly CellOutput[], scope: OutputScope): string {
  const parts = merged(outputs).map((output) => showOutput(output, scope));
  const shown = parts.filter((part) => part !== "");
  if (shown.length === 0) return "";
  return `<div class="outputs" role="group" aria-label="${scope.words.output}">${shown.join("\n")}</div>`;
}

/** A kernel sends what was printed in pieces of no meaning. */
function merged(outputs: readonly CellOutput[]): readonly CellOutput[] {
  const all: CellOutput[] = [];
  for (const output of outputs) {
    const last = all.at(-1);
    if (output.kind === "stream" && last?.kind === "stream" && last.name === output.name) {
      all[all.length - 1] = { ...last, text: last.text + output.text };
    } else all.push(output);
  }
  return all;
}

function showOutput(output: CellOutput, scope: OutputScope): string {
  switch (output.kind) {
    case "stream": {
      const text = output.text.replace(/\n$/, "");
      return text === "" ? "" : `<pre class="${output.name}">${ansiToHtml(text)}</pre>`;
    }
    case "error": {
      const lines =
        output.traceback.length > 0
          ? output.traceback.join("\n")
          : `${output.name}: ${output.message}`;
      return `<pre class="error">${ansiToHtml(lines)}</pre>`;
    }
    case "result":
    case "display":
      return showData(output.data, output.metadata, scope);
  }
}

type Data = { readonly [media: string]: JsonValue };
type Show = (
  value: string,
  data: { readonly media: string; readonly metadata: Data },
  scope: OutputScope,
) => string;

/** In the order in which readers prefer them. */
const shows: readonly (readonly [RegExp, Show])[] = [
  [/^text\/html$/, (value, _, scope) => showHtml(value, scope)],
  [
    /^text\/markdown$/,
    (value, _, scope) =>
      `<div class="rich">${settleHtml(
        readMarkdown(value, () => {}),
        silent(scope),
      )}</div>`,
  ],
  [/^image\/svg\+xml$/, showSvg],
  [/^text\/latex$/, (value) => showLatex(value)],
  [/^image\/(png|jpeg|gif|webp)$/, showImage],
  [/^application\/json$/, (value) => codeBlock(value, "json")],
  [/^text\/plain$/, (value) => `<pre class="result">${ansiToHtml(value.replace(/\n$/, ""))}</pre>`],
];

function showData(data: Data, metadata: Data, scope: OutputScope): string {
  for (const [fits, show] of shows) {
    const media = Object.keys(data).find((name) => fits.test(name));
    if (media === undefined) continue;
    return show(asText(data[media]), { media, metadata }, scope);
  }
  return "";
}

function asText(value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((line) => typeof line === "string"))
    return value.join("");
  return JSON.stringify(value ?? null, null, 2);
}

/** Headings that a program printed are no part of the text's outline, nor its files missed. */
function silent(scope: OutputScope): PageScope {
  const warn: PageScope["warn"] = (code, message) => {
    if (code === "remote_picture") scope.warn(code, message);
  };
  return { ...scope, headings: [], warn };
}

/** Still HTML stands in the page; what brings scripts, in a frame that cannot reach out of itself. */
function showHtml(value: string, scope: OutputScope): string {
  if (!/<script\b/i.test(value))
    return `<div class="rich">${settleHtml(value, silent(scope))}</div>`;
  scope.onScripts();
  const tell = `<script>new ResizeObserver(()=>parent.postMessage({clxHeight:document.documentElement.scrollHeight},"*")).observe(document.documentElement)</script>`;
  const inner = `<!doctype html><meta charset="utf-8"><style>body{margin:0;font-family:system-ui,sans-serif}</style>${value}${tell}`;
  return `<iframe class="dynamic" sandbox="allow-scripts" title="${scope.words.dynamic}" srcdoc="${escapeHtml(inner)}"></iframe>`;
}

function showSvg(value: string, _: unknown, { words }: OutputScope): string {
  const base64 = Buffer.from(value).toString("base64");
  return `<img alt="${words.picture}" src="data:image/svg+xml;base64,${base64}">`;
}

function showImage(
  value: string,
  { media, metadata }: { readonly media: string; readonly metadata: Data },
  { words }: OutputScope,
): string {
  const base64 = value.replaceAll(/[^A-Za-z0-9+/=]/g, "");
  const size = sizeOf(metadata[media]);
  return `<img alt="${words.picture}"${size} src="data:${media};base64,${base64}">`;
}

function sizeOf(metadata: JsonValue | undefined): string {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return "";
  const facts = metadata as { readonly width?: JsonValue; readonly height?: JsonValue };
  const attribute = (name: "width" | "height") =>
    typeof facts[name] === "number" ? ` ${name}="${Math.round(facts[name])}"` : "";
  return attribute("width") + attribute("height");
}

function showLatex(value: string): string {
  const inner = /^\s*(\$\$?|\\\[|\\\()([\s\S]*?)(\$\$?|\\\]|\\\))\s*$/.exec(value);
  const tex = (inner?.[2] ?? value).replace(/^\\displaystyle\s*/, "");
  return `<div class="rich">${renderMath(tex, { isBlock: true, onFault: () => {} })}</div>`;
}
