import { accessSync, closeSync, constants, openSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { ClxError } from "../../domain/errors.ts";

const code = {
  perm: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  tooBig: 18,
  notADatabase: 26,
} as const;

/** SQLite's primary result code, if the error is one of SQLite's. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error && "errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** Another connection holds a lock; trying again is all it takes. */
export function isBusy(error: unknown): boolean {
  const result = resultCode(error);
  return result === code.busy || result === code.locked || result === code.protocol;
}

/** Says in our words what SQLite said, to which file, and the way out. */
export function asStoreError(error: unknown, path: string): unknown {
  const cause = { cause: error };
  const result = resultCode(error);
  if (result === undefined) return error;
  switch (result) {
    case code.full:
      return fullStore(path, cause);
    case code.io:
    case code.noMemory:
      // Where there is no room for its files of shared memory, SQLite calls that an I/O error.
      if (isDiskFull(path)) return fullStore(path, cause);
      return new ClxError(
        "store_io",
        `the disk of the store ${path} failed (${textOf(error)}); nothing of the call has been kept; look at the disk, then try again`,
        cause,
      );
    case code.corrupt:
      return new ClxError(
        "store_corrupt",
        `the store ${path} is damaged (${textOf(error)}); put back a backup, or save what is left with "sqlite3 ${path} .recover"`,
        cause,
      );
    case code.tooBig:
      return new ClxError(
        "invalid_value",
        "a value is too long for the store; keep what is large in a file and pass its path",
        cause,
      );
    case code.notADatabase:
      return notADatabase(path, "it is no SQLite database", cause);
    case code.perm:
    case code.readOnly:
      return readOnlyStore(path, cause);
    case code.cantOpen:
      return cannotOpen(path, cause);
    default:
      return error;
  }
}

function fullStore(path: string, options: ErrorOptions): ClxError {
  return new ClxError(
    "store_full",
    `the store ${path} cannot grow: the disk is full; nothing of the call has been kept; free some space, then try again`,
    options,
  );
}

/** Less is free than SQLite takes at once. */
function isDiskFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < sharedMemoryBytes;
  } catch {
    return false;
  }
}

const sharedMemoryBytes = 32 * 1024;

export function notADatabase(path: string, what: string, options?: ErrorOptions): ClxError {
  return new ClxError(
    "store_not_a_database",
    `${path} is not a store of ours: ${what}; move it away or give another path with --db-path`,
    options,
  );
}

export function readOnlyStore(path: string, options?: ErrorOptions): ClxError {
  return new ClxError(
    "store_read_only",
    `the store ${path} cannot be written: its file or folder is read-only for this user; make both writable or give another path with --db-path`,
    options,
  );
}

export function cannotOpen(path: string, options?: ErrorOptions): ClxError {
  const folder = dirname(path);
  if (!isFolder(folder)) {
    return new ClxError(
      "store_folder_missing",
      `the store ${path} cannot be opened: there is no folder ${folder}; make it or give another path with --db-path`,
      options,
    );
  }
  if (isFolder(path)) return notADatabase(path, "it is a folder", options);
  const why = whyNotWritable(path);
  if (why === "EMFILE" || why === "ENFILE" || why === undefined) {
    return new ClxError(
      "store_io",
      `the store ${path} could not be opened${why === undefined ? "" : ` (${why}: too many open files)`}; try again`,
      options,
    );
  }
  return readOnlyStore(path, options);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function whyNotWritable(path: string): string | undefined {
  try {
    accessSync(dirname(path), constants.W_OK);
    closeSync(openSync(path, "a"));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
