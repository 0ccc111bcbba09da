import type { Cell, Kind, Notebook, NotebookWarning } from "./notebook.ts";
import { escapeHtml } from "./page/escape-html.ts";
import { highlightCode } from "./page/highlight-code.ts";
import { pagePolicy } from "./page/page-policy.ts";
import { pageScript } from "./page/page-script.ts";
import { pageStyle } from "./page/page-style.ts";
import { type PageWords, pageWords } from "./page/page-words.ts";
import type { Pictures } from "./page/picture.ts";
import { readMarkdown } from "./page/read-markdown.ts";
import { type HeadingEntry, settleHtml, textOfHtml } from "./page/settle-html.ts";
import { type OutputScope, showOutputs } from "./page/show-outputs.ts";
import { progLanguages } from "./prog-languages.ts";
import { notesOpening } from "./select-cells.ts";

export interface PageParams {
  readonly title: string;
  readonly language: string;
  readonly kind: Kind;
  readonly pictures: Pictures;
  /** The styles and fonts that formulas need; asked for by pages that have some. */
  readonly mathStyle: (html: string) => string;
}

export interface WrittenPage {
  readonly html: string;
  readonly warnings: readonly NotebookWarning[];
}

/**
 * The notebook as one page that needs nothing else: styles, script, pictures and fonts are in it.
 *
 * The same notebook gives the same bytes. It can be read on any screen, on paper, by keys and by
 * screen readers; as slides it begins a new one at each cell tagged `slide` or `subslide`. Its
 * policy lets it load and run nothing but itself, whatever its text or its outputs hold.
 */
export function writeHtml(notebook: Notebook, params: PageParams): WrittenPage {
  const page = new Page(notebook, params);
  return { html: page.html(), warnings: page.warnings };
}

class Page {
  readonly warnings: NotebookWarning[] = [];
  readonly #notebook: Notebook;
  readonly #params: PageParams;
  readonly #words: PageWords;
  readonly #headings: HeadingEntry[] = [];
  readonly #remotes = new Set<string>();
  readonly #ids = new Set(["content"]);
  #hasScripts = false;
  #hasTitle = false;

  constructor(notebook: Notebook, params: PageParams) {
    this.#notebook = notebook;
    this.#params = params;
    this.#words = pageWords(params.language);
  }

  html(): string {
    const { title, language, kind, mathStyle } = this.#params;
    const slides = this.#slides().map(
      (cells, at) =>
        `<section class="slide" id="slide-${at + 1}">\n${cells.join("\n")}\n</section>`,
    );
    const main = slides.join("\n");
    const math = main.includes('class="katex') ? `<style>${mathStyle(main)}</style>\n` : "";
    const contents = this.#contents();
    const hasHeading = this.#hasTitle || this.#headings.some(({ level }) => level === 1);
    const heading = hasHeading ? "" : `<h1 class="unseen">${escapeHtml(title)}</h1>\n`;
    const policy = pagePolicy({
      script: pageScript,
      hasScripts: this.#hasScripts,
      remotes: this.#remotes,
    });
    const { code, table } = this.#words;
    return `<!doctype html>
<html lang="${escapeHtml(language)}" data-code="${code}" data-table="${table}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
${math}</head>
<body class="${kind}">
<a class="skip" href="#content">${this.#words.skip}</a>
${this.#bar()}
<div class="frame${contents === "" ? "" : " beside"}">
${contents}<main id="content" tabindex="-1">
${heading}${main}
</main>
</div>
<script>${pageScript}</script>
</body>
</html>
`;
  }

  #bar(): string {
    const { theme, system, light, dark, slides, page, previous, next, tools } = this.#words;
    return `<header class="bar">
<span class="name">${escapeHtml(this.#params.title)}</span>
<div class="steps" role="group" aria-label="${slides}">
<button type="button" id="clx-previous" aria-label="${previous}">←</button>
<span class="count" id="clx-count" role="status"></span>
<button type="button" id="clx-next" aria-label="${next}">→</button>
</div>
<div role="group" aria-label="${tools}">
<button type="button" id="clx-slides" aria-pressed="false" data-slides="${slides}" data-page="${page}" hidden>${slides}</button>
<button type="button" id="clx-theme" data-label="${theme}" data-system="${system}" data-light="${light}" data-dark="${dark}" hidden>${theme}</button>
</div>
</header>`;
  }

  #contents(): string {
    const entries = this.#headings.filter(({ level }) => level <= 3);
    if (entries.length < 3) return "";
    const top = Math.min(...entries.map(({ level }) => level));
    const items = entries.map(({ level, id, text }) => {
      const depth = ["", ' class="deep"', ' class="deeper"'][level - top] ?? "";
      return `<li${depth}><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`;
    });
    const { contents } = this.#words;
    return `<nav class="contents" aria-label="${contents}"><details><summary>${contents}</summary>
<ol>
${items.join("\n")}
</ol></details></nav>
`;
  }

  /** The cells of each slide; what stands before the first is one of its own. */
  #slides(): string[][] {
    const slides: string[][] = [];
    for (const cell of this.#notebook.cells) {
      const html = this.#cell(cell);
      if (html === "") continue;
      const begins = cell.slide === "slide" || cell.slide === "subslide";
      if (begins || slides.length === 0) slides.push([html]);
      else slides.at(-1)?.push(html);
    }
    return slides;
  }

  #cell(cell: Cell): string {
    if (cell.kind === "raw") return "";
    const isPrivate = cell.tags.includes("private");
    const classes = [
      ...["cell", cell.kind === "code" ? "source" : "text"],
      ...(cell.slide === "notes" || cell.tags.includes("notes") ? ["notes"] : []),
      ...(isPrivate ? ["private"] : []),
    ];
    const label = isPrivate ? ` data-label="${this.#words.private}"` : "";
    const inner = cell.kind === "code" ? this.#code(cell) : this.#text(cell);
    return `<div class="${classes.join(" ")}" id="cell-${escapeHtml(cell.id)}"${label}>\n${inner}</div>`;
  }

  #code(cell: Cell): string {
    const scope = this.#scope(cell);
    const outputs = showOutputs(cell.outputs ?? [], scope);
    if (cell.source.trim() === "") {
      return `<pre class="code room" role="group" aria-label="${this.#words.yourCode}"></pre>\n${outputs}`;
    }
    const { highlight } = progLanguages[this.#notebook.progLang];
    const source = highlightCode(cell.source, highlight);
    return `<pre class="code"><code>${source}</code></pre>\n${outputs}\n`;
  }

  #text(cell: Cell): string {
    const html = readMarkdown(withRoom(cell.source), (message) =>
      this.#warn("bad_math", message, cell),
    );
    const settled = settleHtml(html, this.#scope(cell));
    return this.#withTitle(settled);
  }

  /** The head of a notebook shows its title in big letters, which no reader of the page sees. */
  #withTitle(html: string): string {
    if (this.#hasTitle) return html;
    const { title } = this.#params;
    const plain = textOfHtml(title === "" ? "" : escapeHtml(title));
    return html.replace(
      /<div( style="[^"]*font-size: 200%[^"]*")>(\s*<b>([^<]*)<\/b>)/,
      (all, style, inner, text) => {
        if (textOfHtml(text) !== plain) return all;
        this.#hasTitle = true;
        return `<div role="heading" aria-level="1"${style}>${inner}`;
      },
    );
  }

  #scope(cell: Cell): OutputScope {
    return {
      pictures: this.#params.pictures,
      headings: this.#headings,
      ids: this.#ids,
      remotes: this.#remotes,
      words: this.#words,
      warn: (code, message) => this.#warn(code, message, cell),
      onScripts: () => {
        this.#hasScripts = true;
      },
    };
  }

  /** What is shown in several cells is told of the first. */
  #warn(code: NotebookWarning["code"], message: string, { line }: Cell): void {
    const isTold = (warning: NotebookWarning) => warning.message === message;
    if (code === "remote_picture" && this.warnings.some(isTold)) return;
    this.warnings.push({ code, line, message });
  }
}

/** Between the frame of notes and their text, so that the text is read as Markdown. */
function withRoom(source: string): string {
  if (!source.startsWith(`${notesOpening}\n`)) return source;
  return source.replace("\n", "\n\n").replace(/\n<\/div>$/, "\n\n</div>");
}
