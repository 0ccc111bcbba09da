import { dirname } from "node:path";
import { ClxError } from "../domain/errors.ts";
import { span } from "../domain/time-words.ts";
import { examineStore, type StoreExamination } from "../store/sqlite/examine.ts";
import { bytes } from "./bytes.ts";
import { type Check, judged } from "./check.ts";
import { type DatabaseHolder, holdersOfDatabase, holderWords } from "./database-holders.ts";
import { type FileFacts, factsOf, fileSystemOf, rightsWords, sizeOf } from "./file-facts.ts";

export interface DatabaseParams {
  readonly path: string;
  /** Who said so. */
  readonly source: string;
  /** Read all of the file, however large. */
  readonly thorough: boolean;
}

const { ok, warning, problem } = judged("database");

/** How long a writer may keep others waiting before that is worth a word. */
const lockPatienceMs = 3_000;
/** Reading a file of this size takes about a second. */
const quicklyRead = 1024 ** 3;
/** A log that is much larger than the 4 MB at which it is emptied is being held back. */
const largeWal = 256 * 1024 ** 2;

/** Is it there, is it ours, may we write, does anybody keep us out, is it sound? */
export async function checkDatabase(params: DatabaseParams): Promise<Check[]> {
  const { path } = params;
  const folder = dirname(path);
  const ofFolder = factsOf(folder);
  if (ofFolder === undefined || !ofFolder.isFolder) return [noFolder(params, folder)];
  const file = factsOf(path);
  if (file === undefined) return [noDatabase(params), ...checkFolder(ofFolder)];
  const size = file.size + sizeOf(`${path}-wal`);
  const integrity = params.thorough || size <= quicklyRead;
  const rights = [...checkFile(file), ...checkFolder(ofFolder)];
  try {
    const examined = await examineStore({ path, withinMs: lockPatienceMs, integrity });
    return [...judgeExamination(params, examined), ...rights];
  } catch (error) {
    return [refused(path, error), ...rights];
  }
}

function noFolder({ path, source }: DatabaseParams, folder: string): Check {
  if (source === "project") return noDatabase({ path, source });
  return problem({
    name: "database_file",
    message: `The database ${path} (from ${source}) cannot be made: there is no folder ${folder}.`,
    fix: `Make the folder, or correct ${source}.`,
  });
}

function noDatabase({ path, source }: Pick<DatabaseParams, "path" | "source">): Check {
  const told = source === "project" ? "" : ` (from ${source})`;
  return ok("database_file", `There is no database ${path}${told} yet; the first task makes it.`);
}

function checkFile(file: FileFacts): Check[] {
  if (file.isWritable && file.isReadable) return [];
  return [
    problem({
      name: "database_rights",
      message: `The database ${file.path} may not be ${file.isReadable ? "written" : "read"} by us (${rightsWords(file)}).`,
      fix: `Make it writable for this user: chmod u+rw ${file.path}, or chown it.`,
    }),
  ];
}

function checkFolder(folder: FileFacts): Check[] {
  const { path, isWritable, mode } = folder;
  if (!isWritable) {
    return [
      problem({
        name: "folder_rights",
        message: `The folder ${path} may not be written by us (${rightsWords(folder)}); SQLite keeps files beside the database while it works.`,
        fix: `Make it writable for this user: chmod u+rwx ${path}, or chown it.`,
      }),
    ];
  }
  const isOpenToAll = (mode & 0o002) !== 0;
  const shared = fileSystemOf(path).shared;
  return [
    ...(isOpenToAll
      ? [openToAll(path)]
      : [ok("folder_rights", `The folder ${path} is ours to write.`)]),
    ...(shared === undefined ? [] : [onSharedFileSystem(path, shared)]),
  ];
}

function openToAll(path: string): Check {
  return warning({
    name: "folder_rights",
    message: `Every user of this machine may write in ${path}, and so change tasks, which run as you.`,
    fix: `chmod o-w ${path}`,
  });
}

function onSharedFileSystem(path: string, kind: string): Check {
  return warning({
    name: "file_system",
    message: `The folder ${path} is on ${kind}, where the locks of SQLite are not to be relied on.`,
    fix: "Keep the database on a local disk: name another place with --db-path or db_path.",
  });
}

function judgeExamination({ path }: DatabaseParams, examined: StoreExamination): Check[] {
  return [
    judgeVersion(path, examined),
    judgeLock(path, examined),
    ...judgeDamage(path, examined),
    ...judgeWal(path),
    ...judgeSlack(examined),
  ];
}

function judgeVersion(path: string, examined: StoreExamination): Check {
  const { version, knownVersion, journalMode, pages, pageSize } = examined;
  const size = `${bytes(pages * pageSize)}, journal mode ${journalMode}`;
  if (version === knownVersion) {
    return ok("database_file", `${path}: ${size}, version ${version}.`);
  }
  return ok(
    "database_file",
    `${path}: ${size}, version ${version}; the next command that writes brings it to ${knownVersion}.`,
  );
}

function judgeLock(path: string, { writing }: StoreExamination): Check {
  if (writing === "locked") return locked(path);
  const holders = holdersOfDatabase(path);
  const open =
    holders.length === 0 ? "nobody else has it open" : `${holders.length} others have it open`;
  const lock = writing === "possible" ? "A writer gets its turn" : "It was not tried to write";
  return ok("database_lock", `${lock}; ${open}.`);
}

function locked(path: string): Check {
  const holders = holdersOfDatabase(path);
  const guilty = holders.filter(({ keepsOthersOut }) => keepsOthersOut);
  const suspects = guilty.length > 0 ? guilty : holders;
  return problem({
    name: "database_lock",
    message: `The database ${path} has been locked for ${span(lockPatienceMs)} ${lockerWords(suspects, guilty.length > 0)}.`,
    fix:
      suspects.length === 0
        ? `Find the process with "fuser -v ${path}", and let it finish, or end it.`
        : `Let it finish, or end it: kill ${suspects.map(({ pid }) => pid).join(" ")}`,
  });
}

function lockerWords(holders: readonly DatabaseHolder[], isSure: boolean): string {
  if (holders.length === 0) return "by a process that does not show: of another user, or machine";
  const who = holders.slice(0, 3).map(holderWords).join(", ");
  return isSure ? `by ${who}` : `by one of those that have it open: ${who}`;
}

function judgeDamage(path: string, { damage, pages, pageSize }: StoreExamination): Check[] {
  if (damage === undefined) {
    const size = bytes(pages * pageSize);
    return [
      ok("database_integrity", `Not looked at: ${size} take long to read; --thorough does it.`),
    ];
  }
  if (damage.length === 0) return [ok("database_integrity", "SQLite finds no damage.")];
  return [
    problem({
      name: "database_integrity",
      message: `The database is damaged: ${damage.join("; ")}.`,
      fix: `Stop all workers, keep a copy, and put back a backup, or save what is left: sqlite3 ${path} .recover`,
    }),
  ];
}

function judgeWal(path: string): Check[] {
  const size = sizeOf(`${path}-wal`);
  if (size < largeWal) return [];
  return [
    warning({
      name: "database_wal",
      message: `The write-ahead log beside the database has grown to ${bytes(size)}: somebody has been reading for long, or nobody had the time to empty it.`,
      fix: `"clx db vacuum" empties it, once no other program holds a transaction open.`,
    }),
  ];
}

function judgeSlack({ pages, freePages, pageSize }: StoreExamination): Check[] {
  const slack = freePages * pageSize;
  if (slack < 100 * 1024 ** 2 || freePages < pages / 2) return [];
  return [
    warning({
      name: "database_slack",
      message: `${bytes(slack)} of the database are empty.`,
      fix: `"clx db vacuum" gives them back to the disk.`,
    }),
  ];
}

function refused(path: string, error: unknown): Check {
  if (!(error instanceof ClxError)) throw error;
  if (error.code === "store_busy") return locked(path);
  const [message, ...fixes] = error.message.split("; ");
  return problem({
    name: "database_file",
    message: `${message}.`,
    fix: fixes.join("; ") || `Look at ${path}.`,
  });
}
