import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { Caller } from "./caller.ts";

export interface FolderWish {
  readonly folder: string;
  readonly allowedFolders: readonly string[];
  readonly caller: Caller;
}

/**
 * Where a task may work: its folder as it really is, links followed, so that a link within an
 * allowed folder leads nowhere else. Without a list any folder will do, for callers of this
 * machine alone.
 *
 * @throws ClxError `folder_not_allowed`
 */
export async function allowedFolder(wish: FolderWish): Promise<string> {
  const { folder, allowedFolders, caller } = wish;
  if (!isAbsolute(folder) || folder.includes("\0")) {
    throw refusal(folder, "it is no absolute path");
  }
  const real = await realFolder(folder);
  if (allowedFolders.length === 0) {
    if (caller.kind === "local") return real;
    throw refusal(folder, "server.allowed_folders names none, and this caller has a key");
  }
  const allowed = await Promise.all(allowedFolders.map((path) => realFolder(resolve(path))));
  if (allowed.some((outer) => isWithin(real, outer))) return real;
  throw refusal(folder, "it is in none of server.allowed_folders");
}

/** Whether a folder is another or in it; both as they really are. */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/** What is not there yet is where its nearest folder that exists says. */
async function realFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    const mayComeYet = code === "ENOENT" && parent !== path && !(await isThere(path));
    if (!mayComeYet) throw refusal(folder, `it leads nowhere (${code})`);
    return join(await realFolder(parent), path.slice(parent.length).replace(/^[/\\]/, ""));
  }
}

/** A link to what does not exist is there, and could lead anywhere tomorrow. */
async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

function refusal(folder: string, why: string): ClxError {
  return new ClxError(
    "folder_not_allowed",
    `a task may not work in ${JSON.stringify(folder)}: ${why}`,
  );
}
