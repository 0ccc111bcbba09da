import type { Cell, Kind, Notebook, NotebookWarning } from "./notebook.ts";

/** Cells with one of these are in nothing that is public. */
export const neverPublic: readonly string[] = ["del", "notes", "private"];

/**
 * Who sees which cell, and how much of it: the one table of kinds and tags.
 *
 *                      code-along        completed   speaker
 *   del                –                 –           –
 *   notes              –                 –           whole, marked as notes
 *   private            –                 –           whole
 *   start              whole             –           –
 *   alt                –                 whole       whole
 *   keep (code)        whole             whole       whole
 *   other code         empty             whole       whole
 *   answer (text)      the word alone    with word   with word
 *   other text, raw    whole             whole       whole
 *
 * First comes what is dropped for everybody who is not meant (`–`), then what is written in
 * another language. Private cells never reach the public kinds, whatever else they are tagged.
 */
const dropped: Readonly<Record<Kind, readonly string[]>> = {
  "code-along": [...neverPublic, "alt"],
  completed: [...neverPublic, "start"],
  speaker: ["del", "start"],
};

export interface Selection {
  readonly kind: Kind;
  readonly language: string;
}

/** The notebook as one kind of reader gets it in one language; executions are theirs to make. */
export function selectCells(notebook: Notebook, { kind, language }: Selection): Notebook {
  const cells = notebook.cells
    .filter(({ tags }) => !tags.some((tag) => dropped[kind].includes(tag)))
    .filter(({ lang }) => lang === undefined || lang === language)
    .map((cell) => withContents(cell, { kind, language }));
  return { ...notebook, cells };
}

function withContents(cell: Cell, { kind, language }: Selection): Cell {
  if (cell.kind === "code") return kind === "code-along" ? emptied(cell) : cell;
  if (cell.kind === "markdown" && cell.tags.includes("notes")) {
    return { ...cell, source: `${notesOpening}\n${cell.source}\n</div>` };
  }
  if (cell.kind === "markdown" && cell.tags.includes("answer")) {
    const word = answerWord(language);
    return { ...cell, source: kind === "code-along" ? word : word + cell.source };
  }
  return cell;
}

/** So that nobody takes them for what everybody may see. */
export const notesOpening = "<div style='background: yellow; color: black;'>";

function emptied(cell: Cell): Cell {
  if (cell.tags.includes("keep") || cell.tags.includes("start")) return cell;
  const { outputs: _outputs, executionCount: _count, ...rest } = cell;
  return { ...rest, source: "" };
}

const answerWords: Readonly<Record<string, string>> = { de: "Antwort", en: "Answer" };

/** The space at its end is where a reader goes on. */
function answerWord(language: string): string {
  return `*${answerWords[language] ?? answerWords.en}:* `;
}

const slideTags = ["slide", "subslide", "notes"];
/** How Jupyter executes a cell; whoever gets it. */
const executionTags = ["raises-exception", "skip-execution"];
const knownTags: Readonly<Record<Cell["kind"], readonly string[]>> = {
  code: [...slideTags, "private", "alt", "del", "keep", "start", ...executionTags],
  markdown: [...slideTags, "private", "alt", "del", "answer"],
  raw: [...slideTags, "private", "alt", "del"],
};

/** What the tags of a notebook say that nobody understands. */
export function checkTags({ cells }: Notebook): readonly NotebookWarning[] {
  return cells.flatMap((cell): NotebookWarning[] => {
    const { kind, tags, line } = cell;
    const slides = slideTags.filter((tag) => tags.includes(tag));
    const several = slides.length > 1 ? [severalSlides(slides, line)] : [];
    const unknown = tags
      .filter((tag) => !knownTags[kind].includes(tag))
      .map((tag) => unknownTag(tag, cell));
    return [...several, ...unknown];
  });
}

function severalSlides(slides: readonly string[], line: number): NotebookWarning {
  const message = `a cell is one of ${slides.join(" and ")}, not both; ${slides[0]} is taken`;
  return { code: "multiple_slide_tags", line, message };
}

function unknownTag(tag: string, { kind, line }: Cell): NotebookWarning {
  const known = knownTags[kind].join(", ");
  const message = `the tag "${tag}" means nothing for a ${kind} cell; known are ${known}`;
  return { code: "invalid_tag", line, message };
}
