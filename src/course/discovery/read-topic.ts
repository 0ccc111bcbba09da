import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { type Titles, titlesOf } from "../../notebook/header.ts";
import { pathNameOf } from "../../notebook/names.ts";
import type { DiagramFile, TopicFile } from "../course.ts";
import { isBelow } from "../relative-to.ts";
import { classOf, isIgnoredFile, isIgnoredFolder } from "./file-rules.ts";
import { entriesIn, type FoundTopic } from "./find-topics.ts";

/** A notebook before it has its number. */
export interface FoundNotebook extends TopicFile {
  /** What it calls itself; its file's name, if it does not. */
  readonly titles: Titles | string;
  readonly text: string;
}

export interface TopicFiles {
  readonly notebooks: readonly FoundNotebook[];
  readonly diagrams: readonly DiagramFile[];
  readonly images: readonly TopicFile[];
  readonly files: readonly TopicFile[];
}

/** The files of a topic, by what they are. */
export function readTopic(topic: FoundTopic): TopicFiles {
  const all = topic.isFolder ? filesBelow(topic.path) : filesOfSource(topic.path);
  const of = (wanted: string) => all.filter(({ relative }) => classOf(relative) === wanted);
  const diagrams = [...of("plantuml"), ...of("drawio")].map(diagramOf);
  const drawn = new Set(diagrams.map(({ picture }) => picture));
  return {
    notebooks: of("notebook").map(notebookOf),
    diagrams,
    images: of("image").filter(({ relative }) => !drawn.has(relative)),
    files: of("file"),
  };
}

function filesBelow(folder: string, inner = ""): TopicFile[] {
  const entries = entriesIn(join(folder, inner));
  const here = entries.flatMap(({ name, isFolder }) =>
    isFolder || isIgnoredFile(name, inner === "") ? [] : [fileAt(folder, inner + name)],
  );
  const below = entries.flatMap(({ name, isFolder }) =>
    isFolder && !isIgnoredFolder(name) ? filesBelow(folder, `${inner}${name}/`) : [],
  );
  return [...here, ...below];
}

function fileAt(folder: string, relative: string): TopicFile {
  return { path: join(folder, relative), relative };
}

/** A topic of one file brings the pictures that it shows and the modules beside it that it uses. */
function filesOfSource(path: string): TopicFile[] {
  const folder = dirname(path);
  const text = textOf(path);
  const pictures = [...text.matchAll(/<img\s[^>]*?src=["']([^"']+)["']/g)].map(([, src]) => src);
  const modules = [...text.matchAll(/^\s*(?:import|from)\s+(\w+)/gm)].map(
    ([, name]) => `${name}${extname(path)}`,
  );
  const near = [...pictures, ...modules].flatMap((relative) =>
    relative !== undefined && isNear(folder, relative) ? [fileAt(folder, relative)] : [],
  );
  const found = [fileAt(folder, basename(path)), ...near];
  return [...new Map(found.map((file) => [file.path, file])).values()];
}

/** Whether there is such a file within the folder. */
function isNear(folder: string, relative: string): boolean {
  const path = resolve(folder, relative);
  return isBelow(folder, path) && existsSync(path);
}

/** `pu/x.pu` is drawn to `img/x.png`, beside the folder that it is in. */
function diagramOf(file: TopicFile): DiagramFile {
  const tool = extname(file.relative) === ".drawio" ? "drawio" : "plantuml";
  const parts = file.relative.split("/");
  const stem = basename(file.relative, extname(file.relative));
  const above = parts.slice(0, -2);
  return { ...file, tool, picture: pathNameOf([...above, "img", `${stem}.png`].join("/")) };
}

function notebookOf(file: TopicFile): FoundNotebook {
  const text = textOf(file.path);
  const isJson = file.path.endsWith(".ipynb");
  const titles = titlesOf(isJson ? proseOf(text) : text) ?? stemOf(file.path);
  return { ...file, text, titles };
}

function stemOf(path: string): string {
  return basename(path, extname(path));
}

/** Of an `.ipynb`, as far as it is one. */
function proseOf(text: string): string {
  try {
    const { cells = [] } = JSON.parse(text) as { cells?: { source?: string | string[] }[] };
    return cells.map(({ source = "" }) => [source].flat().join("")).join("\n");
  } catch {
    return "";
  }
}

/** One that cannot be read is told by the step that publishes it. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
