import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { CourseProblem } from "../course.ts";
import { isIgnoredFolder, topicIdOf } from "./file-rules.ts";

export interface FoundTopic {
  readonly id: string;
  readonly path: string;
  readonly isFolder: boolean;
}

export interface FoundTopics {
  readonly topics: ReadonlyMap<string, FoundTopic>;
  readonly problems: readonly CourseProblem[];
}

/**
 * All topics below `slides/`: what stands in its folders, in the order of their names. Of two
 * with one id the first counts, and the other is told.
 */
export function findTopics(root: string, specPath: string): FoundTopics {
  const slides = join(root, "slides");
  const topics = new Map<string, FoundTopic>();
  const problems: CourseProblem[] = [];
  for (const module of foldersIn(slides)) {
    for (const entry of entriesIn(join(slides, module))) {
      const id = topicIdOf(entry.name);
      if (id === undefined || (entry.isFolder && isIgnoredFolder(entry.name))) continue;
      const path = join(slides, module, entry.name);
      const first = topics.get(id);
      if (first === undefined) topics.set(id, { id, path, isFolder: entry.isFolder });
      else problems.push(doubleTopic(id, first.path, path, specPath));
    }
  }
  return { topics, problems };
}

function doubleTopic(id: string, first: string, second: string, file: string): CourseProblem {
  return {
    ...({ severity: "warning", code: "double_topic", file } as const),
    message: `two topics are called ${id}: ${first} is used, ${second} is not`,
    hint: "rename one of them",
  };
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

function foldersIn(folder: string): string[] {
  return entriesIn(folder).flatMap(({ name, isFolder }) =>
    isFolder && !isIgnoredFolder(name) ? [name] : [],
  );
}

/** In the order of their names, which is the same on every machine. */
export function entriesIn(folder: string): Entry[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
