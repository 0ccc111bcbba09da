import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { type Titles, titlesOf } from "../../notebook/header.ts";
import { pathNameOf } from "../../notebook/names.ts";
import type { DiagramFile, TopicFile } from "../course.ts";
import { classOf, isIgnoredFile, isIgnoredFolder } from "./file-rules.ts";
import { entriesIn, type FoundTopic } from "./find-topics.ts";

/** A notebook before it has its number. */
export interface FoundNotebook extends TopicFile {
  /** What it calls itself; its file's name, if it does not. */
  readonly titles: Titles | string;
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
    notebooks: of("notebook").map((file) => ({ ...file, titles: titlesIn(file.path) })),
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
  const text = readFileSync(path, "utf8");
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
  return path.startsWith(`${folder}/`) && existsSync(path);
}

/** `pu/x.pu` is drawn to `img/x.png`, beside the folder that it is in. */
function diagramOf(file: TopicFile): DiagramFile {
  const tool = extname(file.relative) === ".drawio" ? "drawio" : "plantuml";
  const parts = file.relative.split("/");
  const stem = basename(file.relative, extname(file.relative));
  const above = parts.slice(0, -2);
  return { ...file, tool, picture: pathNameOf([...above, "img", `${stem}.png`].join("/")) };
}

function titlesIn(path: string): Titles | string {
  return titlesOf(readFileSync(path, "utf8")) ?? basename(path, extname(path));
}
