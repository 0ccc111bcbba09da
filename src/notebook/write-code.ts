import { commentMagic } from "./magic.ts";
import type { Cell, Notebook } from "./notebook.ts";
import { progLanguages } from "./prog-languages.ts";

/** The notebook as a program: percent format, its markers without tags and languages. */
export function writeCode({ cells, progLang }: Notebook): string {
  const { comment } = progLanguages[progLang];
  const parts = cells.map((cell) => {
    const lines = linesOf(cell, comment, (line) => commentMagic(line, progLang));
    return [markerOf(cell, comment), ...lines].join("\n");
  });
  return `${parts.join("\n\n")}\n`;
}

function markerOf({ kind }: Cell, comment: string): string {
  return kind === "code" ? `${comment} %%` : `${comment} %% [${kind}]`;
}

function linesOf(cell: Cell, comment: string, commented: (line: string) => string): string[] {
  if (cell.source === "") return [];
  const lines = cell.source.split("\n");
  if (cell.kind === "code") return lines.map(commented);
  return lines.map((line) => (line === "" ? comment : `${comment} ${line}`));
}
