import type { Cell, Notebook, ProgLang } from "./notebook.ts";

/** What the head of each notebook shows besides its title. */
export interface Branding {
  readonly author?: string;
  readonly organisation?: string;
  /** Where the logo is, from the notebook. */
  readonly logo?: string;
}

/** By content language. */
export type Titles = { readonly [language: string]: string };

const call = /\{\{\s*header\(\s*(.*?)\s*\)\s*\}\}/;
const argument = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g;

/** The titles that a source gives itself: `{{ header("Listen", "Lists") }}`, German first. */
export function titlesOf(source: string): Titles | undefined {
  const found = call.exec(source);
  if (found === null) return undefined;
  const texts = [...(found[1] ?? "").matchAll(argument)].map(([, double, single]) =>
    (double ?? single ?? "").replaceAll(/\\(.)/g, "$1"),
  );
  const [de, en = de] = texts;
  return de === undefined || en === undefined ? undefined : { de, en };
}

/** Headers give titles in these, whatever a course is written in. */
const titleLanguages = ["de", "en"];

/**
 * Puts in the place of a header's call what it means: one cell for each language, a slide. The
 * title of a language that it does not know is the English one.
 *
 * In Python the call stands before the first marker, as a comment of its own; in the other
 * languages in a text cell of its own. Either way the whole cell is replaced.
 */
export function expandHeader(
  notebook: Notebook,
  brandingFor: (lang: string) => Branding,
  languages: readonly string[] = titleLanguages,
): Notebook {
  const cells = notebook.cells.flatMap((cell): readonly Cell[] => {
    const titles = titlesOf(cell.source);
    if (titles === undefined || !isHeaderAlone(cell, notebook.progLang)) return [cell];
    return languages.map((lang) => ({
      kind: "markdown",
      id: `${cell.id.slice(0, 13)}-${lang}`,
      source: headerText(titles[lang] ?? titles.en ?? "", brandingFor(lang)),
      line: cell.line,
      lang,
      tags: ["slide"],
      slide: "slide",
      metadata: {},
    }));
  });
  return { ...notebook, cells };
}

/** Imports of macros, which older sources have before the call, count as nothing. */
function isHeaderAlone({ source }: Cell, progLang: ProgLang): boolean {
  const rest = source
    .split("\n")
    .map((line) => line.replace(progLang === "python" ? /^\s*#?\s*/ : /^\s*(\/\/)?\s*/, ""))
    .filter((line) => line !== "" && !line.startsWith("j2 ") && !call.test(line));
  return rest.length === 0;
}

function headerText(title: string, { author, organisation, logo }: Branding): string {
  const line = (inner: string, size: string) =>
    `<div style="font-size: ${size}; text-align: center; margin: 0.5em 0">${inner}</div>`;
  return [
    ...(logo === undefined
      ? []
      : [`<img src="${escaped(logo)}" alt="" style="display: block; margin: auto; width: 5em" />`]),
    line(`<b>${escaped(title)}</b>`, "200%"),
    ...[author, organisation].flatMap((text) => (text ? [line(escaped(text), "120%")] : [])),
  ].join("\n");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
