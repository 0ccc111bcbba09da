import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { CourseProblem } from "../course.ts";
import { isBelow } from "../relative-to.ts";
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

/** Links count as what they lead to; what is neither file nor folder is none of ours. */
function kindOf(entry: Dirent, folder: string): readonly Entry[] {
  const { name } = entry;
  if (!entry.isSymbolicLink()) {
    return entry.isFile() || entry.isDirectory() ? [{ name, isFolder: entry.isDirectory() }] : [];
  }
  const path = join(folder, name);
  const facts = factsOf(path);
  if (facts?.isDirectory()) return leadsUp(path) ? [] : [{ name, isFolder: true }];
  // One that leads nowhere is told when it is to be copied.
  return facts === undefined || facts.isFile() ? [{ name, isFolder: false }] : [];
}

function factsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a folder is within itself by way of this link. */
function leadsUp(path: string): boolean {
  const target = realpathSync(path);
  return realpathSync(dirname(path)) === target || isBelow(target, realpathSync(dirname(path)));
}

/** In the order of their names, which is the same on every machine. */
export function entriesIn(folder: string): Entry[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .flatMap((entry) => kindOf(entry, folder))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR"].includes(code)) return [];
    throw new ClxError("usage", `the folder ${folder} cannot be read: ${message}`, {
      cause: error,
    });
  }
}
