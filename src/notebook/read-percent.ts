import type { JsonValue } from "../domain/json.ts";
import { CellIds } from "./cell-ids.ts";
import { readMarkerMetadata } from "./cell-metadata.ts";
import { uncommentMagic } from "./magic.ts";
import { makeCell } from "./make-cell.ts";
import type { Cell, Notebook, ProgLang } from "./notebook.ts";
import { progLanguages } from "./prog-languages.ts";

/**
 * Reads a source in the percent format, as Jupytext defines it: cells begin at lines such as
 * `# %% [markdown] lang="de" tags=["slide"]`, and text cells are comments.
 */
export function readPercent(text: string, progLang: ProgLang): Notebook {
  const { comment } = progLanguages[progLang];
  const lines = text.replace(/^\u{feff}/u, "").split(/\r\n|\n|\r/);
  const start = skipHeader(lines, comment);
  const marker = new RegExp(`^\\s*${comment}\\s*%%%*(?:\\s+(.*)|(\\[.*))?$`);
  const blocks: Block[] = [{ line: start + 1, lines: [] }];
  for (const [at, line] of lines.entries()) {
    if (at < start) continue;
    const found = marker.exec(line);
    if (found === null) blocks.at(-1)?.lines.push(line);
    else blocks.push({ line: at + 1, marker: found[1] ?? found[2] ?? "", lines: [] });
  }
  const ids = new CellIds();
  const cells = blocks
    .filter(({ marker: own, lines: inner }) => own !== undefined || inner.some(isMeant))
    .map((block, index) => cellOf(block, { progLang, index, ids }));
  return { progLang, cells, metadata: metadataOf(progLang) };
}

interface Block {
  readonly line: number;
  /** What follows the `%%`; absent for what stands before the first marker. */
  readonly marker?: string;
  readonly lines: string[];
}

/** Jupytext's own head, between two lines `# ---`, says nothing about what is published. */
function skipHeader(lines: readonly string[], comment: string): number {
  const isRule = (line: string | undefined) => line?.trim() === `${comment} ---`;
  const first = lines.findIndex((line) => isFull(line) && !line.startsWith("#!"));
  if (!isRule(lines[first])) return 0;
  const end = lines.findIndex((line, at) => at > first && isRule(line));
  return end < 0 ? 0 : end + 1;
}

interface CellPlace {
  readonly progLang: ProgLang;
  readonly index: number;
  readonly ids: CellIds;
}

/** Imports of macros, which older sources have before their first cell, count as nothing. */
function isMeant(line: string): boolean {
  return isFull(line) && !/^\s*(#|\/\/)\s*j2\s/.test(line);
}

function cellOf(block: Block, { progLang, index, ids }: CellPlace): Cell {
  const { comment } = progLanguages[progLang];
  const { kind, rest } = kindOf(block.marker ?? "");
  const { title, metadata } = readMarkerMetadata(rest);
  const inner = trimEmpty(block.lines);
  const source =
    kind === "code"
      ? inner.map((line) => uncommentMagic(line, progLang)).join("\n")
      : textOf(inner, comment, progLang);
  return makeCell({
    kind,
    source,
    id: ids.next(source, index),
    line: block.line,
    metadata: title === undefined ? metadata : { title, ...metadata },
  });
}

function kindOf(marker: string): { readonly kind: Cell["kind"]; readonly rest: string } {
  const found = /^(.*?)\[(markdown|md|raw)\]\s*(.*)$/.exec(marker);
  if (found === null) return { kind: "code", rest: marker };
  const rest = [found[1]?.trim(), found[3]].filter(Boolean).join(" ");
  return { kind: found[2] === "raw" ? "raw" : "markdown", rest };
}

/** A text cell is comments, or in Python one string in triple quotes. */
function textOf(lines: readonly string[], comment: string, progLang: ProgLang): string {
  const whole = lines.join("\n");
  const quoted = progLang === "python" ? /^(?:r?)("""|''')([\s\S]*)\1\s*$/.exec(whole) : null;
  if (quoted !== null) return (quoted[2] ?? "").replace(/^\n/, "").replace(/\n$/, "");
  return lines.map((line) => uncommented(line, comment)).join("\n");
}

function uncommented(line: string, comment: string): string {
  if (line.startsWith(`${comment} `)) return line.slice(comment.length + 1);
  return line.startsWith(comment) ? line.slice(comment.length) : line;
}

function trimEmpty(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex(isFull);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(isFull) + 1);
}

function isFull(line: string): boolean {
  return line.trim() !== "";
}

export function metadataOf(progLang: ProgLang): { readonly [key: string]: JsonValue } {
  const { kernelspec, languageInfo } = progLanguages[progLang];
  return { kernelspec, language_info: languageInfo };
}
