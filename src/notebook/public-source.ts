import type { JsonValue } from "../domain/json.ts";
import type { ProgLang } from "./notebook.ts";
import { readPercent } from "./read-percent.ts";
import { neverPublic } from "./select-cells.ts";

/**
 * The source of a notebook without what only its speakers may see. Lines keep their numbers, so
 * that whoever imports it is told the right ones.
 */
export function publicSource(text: string, progLang: ProgLang): string {
  const lines = text.split(/\r\n|\n|\r/);
  const { cells } = readPercent(text, progLang);
  for (const [at, { line, tags }] of cells.entries()) {
    if (!isSecret(tags)) continue;
    const end = (cells[at + 1]?.line ?? lines.length + 1) - 1;
    lines.fill("", line - 1, end);
  }
  return lines.join("\n");
}

/** The same of an `.ipynb`; of what is none, nothing. */
export function publicIpynb(text: string): string {
  try {
    const document = JSON.parse(text.replace(/^\u{feff}/u, "")) as IpynbDocument;
    const cells = document.cells.filter(({ metadata }) => !isSecret(tagsOf(metadata?.tags)));
    return JSON.stringify({ ...document, cells });
  } catch {
    return "";
  }
}

interface IpynbDocument {
  readonly cells: readonly { readonly metadata?: { readonly tags?: JsonValue } }[];
}

function tagsOf(tags: JsonValue | undefined): readonly string[] {
  return Array.isArray(tags) ? tags.map(String) : [];
}

function isSecret(tags: readonly string[]): boolean {
  return tags.some((tag) => neverPublic.includes(tag));
}
