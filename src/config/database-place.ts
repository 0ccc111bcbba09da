import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { NamedValue } from "./settings.ts";

/** Where the database is, and who said so. */
export interface DatabasePlace {
  readonly path: string;
  /** `--db-path`, the name of a variable, or "project" for the default. */
  readonly source: string;
  readonly exists: boolean;
}

export const clxFolder = ".clx";
export const databaseFile = "clx_jobs.db";

export interface PlaceParams {
  readonly cwd: string;
  readonly flag?: string | undefined;
  readonly setting?: NamedValue | undefined;
}

/** The command line beats the environment, and that beats the project's folder. */
export function placeDatabase({ cwd, flag, setting }: PlaceParams): DatabasePlace {
  if (flag !== undefined) return place(resolve(cwd, flag), "--db-path");
  if (setting) return place(resolve(cwd, setting.value), setting.name);
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
