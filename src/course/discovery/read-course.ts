import { readFileSync } from "node:fs";
import { dirname, extname, join, resolve, sep } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import { fileNameOf } from "../../notebook/names.ts";
import { formats, kinds } from "../../notebook/notebook.ts";
import type {
  Course,
  CourseProblem,
  NotebookFile,
  OutputTarget,
  Section,
  Texts,
  Topic,
} from "../course.ts";
import { readXml } from "../spec/read-xml.ts";
import { readYaml } from "../spec/read-yaml.ts";
import type { SpecDocument } from "../spec/spec-schema.ts";
import { validateSpec } from "../spec/validate-spec.ts";
import { isFolder, missingFolders, missingLogo, noSlides } from "./check-folders.ts";
import { type FoundTopic, findTopics } from "./find-topics.ts";
import { missingTexts } from "./missing-texts.ts";
import { readTopic } from "./read-topic.ts";
import { namedTopics, unknownTopics } from "./unknown-topics.ts";

export interface ReadCourseParams {
  readonly specPath: string;
  /** Left out: where `slides/` is, beside the spec or one folder above it. */
  readonly root?: string;
}

/** A course, as far as it could be read, and what is wrong with it. */
export interface ReadCourse {
  /** Absent when the spec itself cannot be used. */
  readonly course?: Course;
  readonly problems: readonly CourseProblem[];
}

/** Reads the spec and the files that it speaks of. */
export function readCourse({ specPath, root: given }: ReadCourseParams): ReadCourse {
  const source = readSource(specPath);
  if (source.kind === "unreadable") return { problems: inOrder(source.problems) };
  const { document } = source;
  const validated = validateSpec(document, specPath);
  const mistakes = [...source.problems, ...validated.problems];
  const root = given ?? rootOf(specPath);
  const named = namedTopics(document);
  if (named.length > 0 && !isFolder(join(root, "slides"))) {
    return { problems: inOrder([...mistakes, noSlides(root, specPath)]) };
  }
  const found = findTopics(root, specPath);
  const known = [...found.topics.keys()];
  const unknown = unknownTopics({ document, named, known, file: specPath });
  const problems = [...mistakes, ...found.problems, ...unknown];
  const { spec } = validated;
  if (spec === undefined) return { problems: inOrder(problems) };
  const languages = spec.languages ?? ["de", "en"];
  const sections = spec.sections.map((section): Section => {
    const topics = section.topics.flatMap((topic) => {
      const { id, html = true } = typeof topic === "string" ? { id: topic } : topic;
      const there = found.topics.get(id);
      return there === undefined ? [] : [{ there, skipsHtml: !html }];
    });
    return { name: textsOf(section.name, languages), topics: numbered(topics, languages) };
  });
  const course = { ...courseFrom(spec, { specPath, root, languages }), sections };
  const missing = [
    ...missingTexts({ spec, languages, document, file: specPath }),
    ...missingFolders(course, document),
    ...missingLogo(course, document),
  ];
  const nameless = languages.find((language) => fileNameOf(course.name[language] ?? "") === "");
  if (nameless !== undefined) {
    const place = { ...document.positionOf(["name", nameless]), file: specPath };
    return { problems: inOrder([...problems, noFolderName(nameless, place), ...missing]) };
  }
  return { course, problems: inOrder([...problems, ...missing]) };
}

/** As they stand in the spec; what has no place in it comes last. */
function inOrder(problems: readonly CourseProblem[]): readonly CourseProblem[] {
  const lineOf = ({ line = Number.POSITIVE_INFINITY }: CourseProblem) => line;
  return problems.toSorted((a, b) => {
    if (lineOf(a) !== lineOf(b)) return lineOf(a) < lineOf(b) ? -1 : 1;
    return (a.column ?? 0) - (b.column ?? 0);
  });
}

function readSource(specPath: string) {
  const text = readSpecText(specPath).replace(/^\u{feff}/u, "");
  const isXml = extname(specPath).toLowerCase() === ".xml" || /^\s*</.test(text);
  return isXml ? readXml(text, specPath) : readYaml(text, specPath);
}

function readSpecText(specPath: string): string {
  try {
    return readFileSync(specPath, "utf8");
  } catch (cause) {
    const why = whyUnreadable(cause as NodeJS.ErrnoException);
    throw new ClxError("usage", `the spec ${specPath} cannot be read: ${why}`, { cause });
  }
}

function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "it is not there";
  if (code === "EISDIR") return "it is a folder; name the file in it, such as course.yaml";
  return message;
}

/** Older courses keep their specs in a folder of their own. */
function rootOf(specPath: string): string {
  const folder = dirname(specPath);
  const above = dirname(folder);
  const has = (root: string) => isFolder(join(root, "slides"));
  return !has(folder) && has(above) ? above : folder;
}

function courseFrom(
  spec: SpecDocument,
  { specPath, root, languages }: { specPath: string; root: string; languages: readonly string[] },
): Omit<Course, "sections"> {
  const { author, organisation, logo, "cell-timeout": seconds } = spec;
  return {
    specPath,
    root,
    languages,
    name: textsOf(spec.name, languages),
    progLang: spec["prog-lang"],
    ...(author !== undefined && { author }),
    ...(organisation !== undefined && { organisation: textsOf(organisation, languages) }),
    ...(logo !== undefined && { logo: resolve(root, native(logo)) }),
    ...(seconds !== undefined && { cellTimeoutMs: Math.ceil(seconds * 1_000) }),
    folders: (spec.folders ?? []).map((folder) => ({
      name: folder.name,
      path: resolve(root, native(folder.path)),
      subfolders: (folder.subfolders ?? []).map(native),
      withRootFiles: folder["root-files"] ?? false,
      isRecursive: folder.recursive ?? true,
    })),
    targets: targetsOf(spec, root, languages),
  };
}

function targetsOf(
  { targets }: SpecDocument,
  root: string,
  languages: readonly string[],
): readonly OutputTarget[] {
  const all = { kinds, formats, languages };
  if (targets === undefined || targets.length === 0) {
    return [{ name: "default", path: join(root, "output"), isDefault: true, ...all }];
  }
  return targets.map((target) => ({
    name: target.name,
    path: resolve(root, native(target.path)),
    isDefault: false,
    kinds: target.kinds ?? all.kinds,
    formats: target.formats ?? all.formats,
    languages: target.languages ?? all.languages,
  }));
}

/** A spec may be written on Windows and built elsewhere. */
function native(path: string): string {
  return sep === "/" ? path.replaceAll("\\", "/") : path;
}

/** Every language has a text: its own, else the first there is. */
function textsOf(
  value: string | Readonly<Record<string, string>>,
  languages: readonly string[],
): Texts {
  const texts = typeof value === "string" ? {} : value;
  const fallback = typeof value === "string" ? value : (Object.values(value)[0] ?? "");
  return Object.fromEntries(languages.map((language) => [language, texts[language] ?? fallback]));
}

/** Numbers run over all notebooks of a section, in the order of its topics. */
function numbered(
  topics: readonly { readonly there: FoundTopic; readonly skipsHtml: boolean }[],
  languages: readonly string[],
): readonly Topic[] {
  let number = 0;
  return topics.map(({ there, skipsHtml }) => {
    const { notebooks, ...rest } = readTopic(there);
    const files = notebooks.map(({ titles, ...file }): NotebookFile => {
      number += 1;
      return { ...file, number, title: textsOf(titles, languages) };
    });
    return { ...there, skipsHtml, notebooks: files, ...rest };
  });
}

type Place = Required<Pick<CourseProblem, "file" | "line" | "column">>;

/** Without one the course would take the folder of all courses for its own, and clear it. */
function noFolderName(language: string, place: Place): CourseProblem {
  return {
    ...({ severity: "error", code: "no_folder_name" } as const),
    ...place,
    message: `name: of the one in "${language}" nothing is left that a folder could be called`,
    hint: "give it letters or digits",
  };
}
