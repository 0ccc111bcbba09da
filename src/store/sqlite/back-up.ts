import { chmodSync, closeSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { ClxError } from "../../domain/errors.ts";
import { copyLongLogs, dropUnfinishedLongLogs, keepLongLogs } from "./back-up-long-logs.ts";
import { Connection } from "./connection.ts";
import { inspect, refuseStrangers } from "./migrate.ts";
import { Patience } from "./patience.ts";
import { asStoreError } from "./sqlite-errors.ts";
import { syncToDisk } from "./sync-to-disk.ts";

export interface BackUpParams {
  readonly path: string;
  readonly target: string;
  readonly withinMs: number;
  /** Told now and then how much is done. */
  readonly onProgress?: (done: { readonly pages: number; readonly of: number }) => void;
}

export interface BackedUp {
  readonly target: string;
  readonly tasks: number;
  /** How many logs have a middle beside the database, and now beside the copy. */
  readonly longLogs: number;
}

/** So many pages at a time, so that whoever waits hears of it. */
const pagesAtOnce = 4_096;

/**
 * Copies a store while others use it.
 *
 * The copy shows one moment: a read transaction is held from its beginning to its end, which in
 * WAL mode keeps nobody from writing. It is made beside the target, read in full, and only then
 * put in the target's place; so there is a sound copy there, or what was there before. Who may
 * read the store may read the copy, and nobody else. The middle of long logs comes along, in a
 * folder beside the copy.
 */
export async function backUpStore(params: BackUpParams): Promise<BackedUp> {
  const path = resolve(params.path);
  const target = resolve(params.target);
  const unfinished = `${target}.unfinished-${process.pid}`;
  try {
    closeSync(openSync(unfinished, "wx", 0o600));
    const { tasks, longLogs } = await copy(path, unfinished, params);
    verify(unfinished, tasks);
    chmodSync(unfinished, statSync(path).mode);
    keep(unfinished, target);
    return { target, tasks, longLogs };
  } catch (error) {
    throw asStoreError(error, path);
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) {
      rmSync(unfinished + suffix, { force: true });
    }
    dropUnfinishedLongLogs(unfinished);
  }
}

/** Answers with what there was at that moment. */
async function copy(
  path: string,
  unfinished: string,
  params: BackUpParams,
): Promise<Omit<BackedUp, "target">> {
  const patience = new Patience(path, params.withinMs);
  await refuseUnlessOurs(path, patience);
  const source = new DatabaseSync(path, { timeout: 0 });
  try {
    const tasks = await patience.retry(() => beginReading(source));
    const longLogs = await copyLongLogs({ source, path, unfinished });
    const { onProgress } = params;
    await backup(source, unfinished, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) =>
        onProgress?.({ pages: totalPages - remainingPages, of: totalPages }),
    });
    return { tasks, longLogs };
  } finally {
    if (source.isTransaction) source.exec("rollback");
    source.close();
  }
}

async function refuseUnlessOurs(path: string, patience: Patience): Promise<void> {
  const db = await patience.retry(() => new Connection({ path }));
  try {
    refuseStrangers(await patience.retry(() => inspect(db)), path);
  } finally {
    db.close();
  }
}

/** The first read is the moment that is kept. */
function beginReading(source: DatabaseSync): number {
  if (!source.isTransaction) source.exec("begin");
  return countTasks(source);
}

function countTasks(db: DatabaseSync): number {
  return Number(db.prepare("select count(*) as count from tasks").get()?.count);
}

function verify(unfinished: string, tasks: number): void {
  const db = new DatabaseSync(unfinished);
  try {
    const [first] = db.prepare("pragma quick_check(1)").all();
    const verdict = String(Object.values(first ?? {})[0]);
    const copied = countTasks(db);
    if (verdict === "ok" && copied === tasks) return;
    const why = verdict === "ok" ? `it has ${copied} of ${tasks} tasks` : verdict;
    throw new ClxError(
      "store_corrupt",
      `the copy was not sound (${why}) and has been removed; look at the disk and at the database ("clx doctor --thorough")`,
    );
  } finally {
    db.close();
  }
}

/** On disk before it gets its name, and its name on disk before we say so. */
function keep(unfinished: string, target: string): void {
  syncToDisk(unfinished);
  keepLongLogs(unfinished, target);
  renameSync(unfinished, target);
  syncToDisk(dirname(target));
}
