import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where the database is, and who said so. */
export interface DatabasePlace {
  readonly path: string;
  /** `--db-path`, the name of a variable, the place in a file, or "project" for the default. */
  readonly source: string;
  readonly exists: boolean;
}

export const clxFolder = ".clx";
export const databaseFile = "clx_jobs.db";

export interface PlaceParams {
  readonly cwd: string;
  /** What somebody wants instead of the project's, and who. */
  readonly named?: { readonly path: string; readonly source: string };
}

export function placeDatabase({ cwd, named }: PlaceParams): DatabasePlace {
  if (named) return place(resolve(cwd, named.path), named.source);
  return place(join(findProject(cwd) ?? cwd, clxFolder, databaseFile), "project");
}

function place(path: string, source: string): DatabasePlace {
  return { path, source, exists: existsSync(path) };
}

/** The nearest folder, from here upwards, that has a `.clx` folder. */
export function findProject(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, clxFolder))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
