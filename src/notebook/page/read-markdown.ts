import MarkdownIt from "markdown-it";
import { escapeHtml } from "./escape-html.ts";
import { highlightCode } from "./highlight-code.ts";
import { addMath, renderMath } from "./math.ts";

interface MarkdownScope {
  readonly onFault: (message: string) => void;
}

const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
addMath(markdown);

markdown.renderer.rules.math_inline = (tokens, at, _options, scope) =>
  renderMath(tokens[at]?.content ?? "", { isBlock: false, onFault: faultsOf(scope) });
markdown.renderer.rules.math_block = (tokens, at, _options, scope) =>
  renderMath(tokens[at]?.content ?? "", { isBlock: true, onFault: faultsOf(scope) });
markdown.renderer.rules.fence = (tokens, at) => {
  const { content = "", info = "" } = tokens[at] ?? {};
  return codeBlock(content.replace(/\n$/, ""), info.trim().split(/\s+/)[0] ?? "");
};
markdown.renderer.rules.code_block = (tokens, at) =>
  `<pre class="code"><code>${escapeHtml(tokens[at]?.content ?? "")}</code></pre>\n`;

export function codeBlock(code: string, language: string): string {
  return `<pre class="code"><code>${highlightCode(code, language)}</code></pre>\n`;
}

function faultsOf(scope: object | undefined): MarkdownScope["onFault"] {
  return (scope as MarkdownScope).onFault;
}

/** Markdown as HTML, with the author's own HTML as it is. */
export function readMarkdown(source: string, onFault: (message: string) => void): string {
  return markdown.render(source, { onFault } satisfies MarkdownScope);
}
