import { extname, join } from "node:path";
import { fileNameOf, numberedName } from "../../notebook/names.ts";
import type { Format, Kind, ProgLang } from "../../notebook/notebook.ts";
import { progLangOfExtension, progLanguages } from "../../notebook/prog-languages.ts";
import type { Course, NotebookFile, OutputTarget, Section } from "../course.ts";

/** Which of the many versions of a course a file belongs to. */
export interface Variant {
  readonly target: OutputTarget;
  readonly language: string;
  readonly format: Format;
  readonly kind: Kind;
}

/**
 * Where outputs stand:
 *
 *     <target>/[public|speaker]/<De|En>/<course>/<Folien|Slides>/<format>/<kind>/<section>/…
 *
 * The level `public` or `speaker` is the default target's alone. Existing courses are linked to
 * by these names.
 */
export function courseFolder(course: Course, { target, language, kind }: CoursePlace): string {
  const audience = kind === "speaker" ? "speaker" : "public";
  return join(
    target.path,
    ...(target.isDefault ? [audience] : []),
    capital(language),
    fileNameOf(course.name[language] ?? ""),
  );
}

export type CoursePlace = Pick<Variant, "target" | "language" | "kind">;

export function sectionFolder(course: Course, section: Section, variant: Variant): string {
  return join(
    courseFolder(course, variant),
    slidesFolders[variant.language] ?? "Slides",
    formatFolder(course, variant.format),
    kindFolders[variant.kind],
    fileNameOf(section.name[variant.language] ?? ""),
  );
}

export function notebookName(course: Course, notebook: NotebookFile, variant: Variant): string {
  const title = notebook.title[variant.language] ?? "";
  return numberedName(notebook.number, title) + extensionOf(course, notebook, variant.format);
}

const slidesFolders: Readonly<Record<string, string>> = { de: "Folien", en: "Slides" };

const kindFolders: Readonly<Record<Kind, string>> = {
  "code-along": "Code-Along",
  completed: "Completed",
  speaker: "Speaker",
};

function formatFolder({ progLang }: Course, format: Format): string {
  if (format === "html") return "Html";
  return format === "notebook" ? "Notebooks" : progLanguages[progLang].folder;
}

function extensionOf(course: Course, notebook: NotebookFile, format: Format): string {
  if (format === "html") return ".html";
  if (format === "notebook") return ".ipynb";
  return progLanguages[progLangOf(course, notebook)].extension;
}

/** A course may have notebooks of another language than its own. */
export function progLangOf({ progLang }: Course, { path }: NotebookFile): ProgLang {
  return progLangOfExtension(extname(path)) ?? progLang;
}

function capital(language: string): string {
  return language.charAt(0).toUpperCase() + language.slice(1);
}
