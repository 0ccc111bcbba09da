import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { progLangOfExtension } from "../../notebook/prog-languages.ts";
import type { NotebookFile, Topic } from "../course.ts";
import type { Sibling } from "./plan.ts";

/**
 * The other notebooks of a topic are beside one when its cells run. One that its code, or that of
 * a module of the topic, speaks of by name is an input; all are, where the code looks through
 * folders, or puts the name of a notebook together.
 */
export function siblingsOf(notebook: NotebookFile, topic: Topic): readonly Sibling[] {
  const others = topic.notebooks.filter(({ path }) => path !== notebook.path);
  if (others.length === 0) return [];
  const code = [notebook.text, ...topic.files.map(codeOf)].join("\n");
  const stems = topic.notebooks.map(({ path }) => stemOf(path));
  const readsAny = looksThroughFolders.test(code) || buildsName(code, stems);
  return others.map(({ relative, path }) => ({
    ...{ relative, path },
    isInput: readsAny || code.includes(stemOf(path)),
  }));
}

/** In the languages that notebooks are written in. */
const looksThroughFolders =
  /\br?glob\b|listdir|scandir|iterdir|os\.walk|readdir|readDir|read_dir|directory_iterator|EnumerateFiles|GetFiles|listFiles|newDirectoryStream|Files\.(?:list|walk)|%ls\b|!\s*ls\b/;

/** Every notebook is called `slides_…` or `topic_…`. */
function buildsName(code: string, stems: readonly string[]): boolean {
  const known = new Set(stems);
  return [...code.matchAll(/\b(?:slides|topic)_\w*/g)].some(([name]) => !known.has(name));
}

function stemOf(path: string): string {
  return basename(path, extname(path));
}

/** One that cannot be read is told by the step that needs it. */
function codeOf({ path }: { readonly path: string }): string {
  if (progLangOfExtension(extname(path)) === undefined) return "";
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
