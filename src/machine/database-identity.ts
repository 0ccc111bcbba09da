import { type Stats, statSync } from "node:fs";

/** A database file, known by more than its path: it may be moved, or another be put in its place. */
export interface DatabaseIdentity {
  readonly path: string;
  /** Device and inode; empty where the system has none. */
  readonly file: string;
}

/** `undefined` when there is no file. */
export function identifyDatabase(path: string): DatabaseIdentity | undefined {
  const stats = look(path);
  return stats && { path, file: stats.ino === 0 ? "" : `${stats.dev}:${stats.ino}` };
}

/** Whether that very file is still at its path. */
export function isInPlace({ path, file }: DatabaseIdentity): boolean {
  const now = identifyDatabase(path);
  return now !== undefined && now.file === file;
}

/** The same, and one that cannot be looked at for now is not taken for gone. */
export function isThere(database: DatabaseIdentity): boolean {
  try {
    return isInPlace(database);
  } catch {
    return true;
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
