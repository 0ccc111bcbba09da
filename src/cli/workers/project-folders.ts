import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clxFolder, findProject } from "../../config/database-place.ts";
import type { WorkerSettings } from "../../config/pool-settings.ts";
import { type FolderAccess, type FolderGrant, reaches } from "../../domain/container.ts";

/**
 * What workers in containers may do with the files of the project around a folder: read all of it
 * but its `.clx`, where the database, its secrets and the logs are.
 */
export function projectFolders(cwd: string): readonly FolderGrant[] {
  return projectGrants(findProject(cwd) ?? cwd);
}

/** All of a folder can be read, and its `.clx` is not there. */
export function projectGrants(folder: string): readonly FolderGrant[] {
  return [...grant(folder, "read"), ...grant(join(folder, clxFolder), "hidden")];
}

/** Where builds keep pictures and executions, for whom builds may count on. */
export function courseFolders(type: string, cwd: string): readonly FolderGrant[] {
  if (!courseTypes.has(type)) return [];
  return grant(join(findProject(cwd) ?? cwd, clxFolder, "build"), "write");
}

const courseTypes: ReadonlySet<string> = new Set(["notebook", "plantuml", "drawio"]);

/** A folder under its own name and, where that has a link in it, under the one it leads to too. */
export function grant(path: string, access: FolderAccess): readonly FolderGrant[] {
  if (access === "write") mkdirSync(path, { recursive: true });
  if (!existsSync(path)) return [];
  const real = realpathSync(path);
  return real === path ? [{ path, access }] : [path, real].map((one) => ({ path: one, access }));
}

/** One grant for each folder, the strongest that somebody gave; what another covers is left out. */
export function joinGrants(grants: readonly FolderGrant[]): readonly FolderGrant[] {
  const strongest = new Map<string, FolderGrant>();
  for (const one of grants) {
    if (strongest.get(one.path)?.access !== "write") strongest.set(one.path, one);
  }
  return [...strongest.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Where the module or the program of a user's own type is, unless it can be read already. */
export function foldersOfProgram(
  { program }: Pick<WorkerSettings, "program">,
  granted: readonly FolderGrant[],
): readonly FolderGrant[] {
  const folder = folderOf(program);
  if (folder === undefined || reaches(granted, [{ path: folder, access: "read" }])) return [];
  return grant(folder, "read");
}

function folderOf(program: WorkerSettings["program"]): string | undefined {
  if (program.kind === "command") return program.cwd;
  if (program.kind !== "module" || !program.url.startsWith("file:")) return undefined;
  return dirname(fileURLToPath(program.url));
}
