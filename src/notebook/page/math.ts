import katex from "katex";
import type { MarkdownIt, StateBlock } from "markdown-it";
import { escapeHtml } from "./escape-html.ts";

export interface MathParams {
  readonly isBlock: boolean;
  /** Told of what KaTeX does not understand. */
  readonly onFault: (message: string) => void;
}

/** TeX as HTML and MathML; what is no TeX is shown as it was written. */
export function renderMath(tex: string, { isBlock, onFault }: MathParams): string {
  try {
    const html = katex.renderToString(tex.trim(), {
      displayMode: isBlock,
      output: "htmlAndMathml",
      strict: "ignore",
      trust: false,
      maxExpand: 1_000,
      maxSize: 50,
    });
    return isBlock ? `<div class="math">${html}</div>` : html;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    onFault(`the formula "${shortened(tex)}" is not understood: ${said.split("\n")[0]}`);
    return `<code class="bad-math">${escapeHtml(tex)}</code>`;
  }
}

function shortened(tex: string): string {
  const line = tex.trim().replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

/** Teaches a reader of Markdown `$…$`, `$$…$$` and `\begin{…}…\end{…}`, as notebooks have them. */
export function addMath(markdown: MarkdownIt): void {
  markdown.inline.ruler.after("escape", "math", (state, silent) => {
    const found = inlineMath(state.src.slice(state.pos, state.posMax), state.src[state.pos - 1]);
    if (found === undefined) return false;
    if (!silent) {
      const token = state.push(found.isBlock ? "math_block" : "math_inline", "math", 0);
      token.content = found.tex;
    }
    state.pos += found.length;
    return true;
  });
  const interrupts = { alt: ["paragraph", "reference", "blockquote", "list"] };
  markdown.block.ruler.before("fence", "math", readBlock, interrupts);
}

const doubled = /^\$\$([\s\S]+?)\$\$/;
/** No space inside its ends, and no digit behind it: `$5 and $6` is money. */
const single = /^\$((?:[^\s$\\]|\\[\s\S])(?:(?:[^$\\]|\\[\s\S])*(?:[^\s$\\]|\\[^\s]))?)\$(?!\d)/;

function inlineMath(text: string, before: string | undefined) {
  if (!text.startsWith("$") || before === "\\") return undefined;
  const block = doubled.exec(text);
  if (block) return { tex: block[1] ?? "", length: block[0].length, isBlock: true };
  const inline = single.exec(text);
  if (inline) return { tex: inline[1] ?? "", length: inline[0].length, isBlock: false };
  return undefined;
}

function readBlock(
  state: StateBlock,
  startLine: number,
  endLine: number,
  silent: boolean,
): boolean {
  const lineAt = (line: number) =>
    state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
  const first = lineAt(startLine);
  const environment = /^\\begin\{([a-zA-Z]+\*?)\}/.exec(first)?.[1];
  if (environment === undefined && !first.startsWith("$$")) return false;
  const ending = environment === undefined ? "$$" : `\\end{${environment}}`;
  const lines: string[] = [];
  for (let line = startLine; line < endLine; line += 1) {
    const text = lineAt(line);
    const from = line === startLine && environment === undefined ? 2 : 0;
    const at = text.indexOf(ending, from);
    if (at < 0) {
      lines.push(text.slice(from));
      continue;
    }
    if (text.slice(at + ending.length).trim() !== "") return false;
    if (silent) return true;
    lines.push(text.slice(from, environment === undefined ? at : at + ending.length));
    const token = state.push("math_block", "math", 0);
    token.block = true;
    token.content = lines.join("\n");
    token.map = [startLine, line + 1];
    state.line = line + 1;
    return true;
  }
  return false;
}
