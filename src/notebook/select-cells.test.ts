import { describe, expect, it } from "vitest";
import { type Cell, type Kind, kinds, type Notebook } from "./notebook.ts";
import { checkTags, selectCells } from "./select-cells.ts";

/** What becomes of a cell with this text: dropped, whole, or something else. */
type Fate = "–" | "whole" | "empty" | string;

const codeFates: Record<string, Record<Kind, Fate>> = {
  "": { "code-along": "empty", completed: "whole", speaker: "whole" },
  keep: { "code-along": "whole", completed: "whole", speaker: "whole" },
  start: { "code-along": "whole", completed: "–", speaker: "–" },
  alt: { "code-along": "–", completed: "whole", speaker: "whole" },
  del: { "code-along": "–", completed: "–", speaker: "–" },
  private: { "code-along": "–", completed: "–", speaker: "whole" },
  notes: { "code-along": "–", completed: "–", speaker: "whole" },
  slide: { "code-along": "empty", completed: "whole", speaker: "whole" },
  "private keep": { "code-along": "–", completed: "–", speaker: "whole" },
  "alt start": { "code-along": "–", completed: "–", speaker: "–" },
};

const wrapped = "<div style='background: yellow; color: black;'>\ntext\n</div>";

const textFates: Record<string, Record<Kind, Fate>> = {
  "": { "code-along": "whole", completed: "whole", speaker: "whole" },
  slide: { "code-along": "whole", completed: "whole", speaker: "whole" },
  subslide: { "code-along": "whole", completed: "whole", speaker: "whole" },
  notes: { "code-along": "–", completed: "–", speaker: wrapped },
  private: { "code-along": "–", completed: "–", speaker: "whole" },
  alt: { "code-along": "–", completed: "whole", speaker: "whole" },
  del: { "code-along": "–", completed: "–", speaker: "–" },
  answer: {
    "code-along": "*Answer:* ",
    completed: "*Answer:* text",
    speaker: "*Answer:* text",
  },
};

const cases = [
  ...Object.entries(codeFates).map(([tags, fates]) => ({ kind: "code" as const, tags, fates })),
  ...Object.entries(textFates).map(([tags, fates]) => ({ kind: "markdown" as const, tags, fates })),
].flatMap(({ kind, tags, fates }) =>
  kinds.map((reader) => ({ kind, tags, reader, fate: fates[reader] })),
);

describe("selectCells", () => {
  it.each(cases)("shows $reader a $kind cell tagged '$tags' as: $fate", (row) => {
    const cell = cellOf({ kind: row.kind, tags: row.tags.split(" ").filter(Boolean) });

    const { cells } = selectCells(notebookOf(cell), { kind: row.reader, language: "en" });

    expect(cells.map(({ source }) => source)).toEqual(expectedOf(row.fate));
  });

  it.each(kinds)("gives %s what is in their language, and what is in none", (kind) => {
    const notebook = notebookOf(
      cellOf({ kind: "markdown", lang: "de", source: "Hallo" }),
      cellOf({ kind: "markdown", lang: "en", source: "Hello" }),
      cellOf({ kind: "markdown", source: "1 + 1" }),
    );

    const sources = (language: string) =>
      selectCells(notebook, { kind, language }).cells.map(({ source }) => source);

    expect(sources("de")).toEqual(["Hallo", "1 + 1"]);
    expect(sources("en")).toEqual(["Hello", "1 + 1"]);
  });

  it("answers in the reader's language", () => {
    const answer = notebookOf(cellOf({ kind: "markdown", tags: ["answer"], source: "weil" }));

    const [cell] = selectCells(answer, { kind: "completed", language: "de" }).cells;

    expect(cell?.source).toBe("*Antwort:* weil");
  });

  it("takes the outputs of code away together with the code", () => {
    const outputs = [{ kind: "stream", name: "stdout", text: "42\n" }] as const;
    const code = notebookOf(cellOf({ kind: "code", outputs }));

    const [cell] = selectCells(code, { kind: "code-along", language: "en" }).cells;

    expect(cell?.outputs).toBeUndefined();
  });
});

describe("checkTags", () => {
  it("warns of tags that mean nothing for such a cell, with its line", () => {
    const notebook = notebookOf(
      cellOf({ kind: "code", tags: ["answer"], line: 7 }),
      cellOf({ kind: "markdown", tags: ["start"], line: 9 }),
    );

    const warnings = checkTags(notebook).map(({ code, line }) => ({ code, line }));

    expect(warnings).toEqual([
      { code: "invalid_tag", line: 7 },
      { code: "invalid_tag", line: 9 },
    ]);
  });

  it("warns of a cell that is two kinds of slide", () => {
    const notebook = notebookOf(cellOf({ kind: "markdown", tags: ["slide", "subslide"] }));

    expect(checkTags(notebook).map(({ code }) => code)).toEqual(["multiple_slide_tags"]);
  });
});

function expectedOf(fate: Fate): string[] {
  if (fate === "–") return [];
  if (fate === "whole") return ["text"];
  return [fate === "empty" ? "" : fate];
}

function cellOf(facts: Partial<Cell> & Pick<Cell, "kind">): Cell {
  return { id: "1", source: "text", line: 1, tags: [], metadata: {}, ...facts };
}

function notebookOf(...cells: Cell[]): Notebook {
  return { progLang: "python", cells, metadata: {} };
}
