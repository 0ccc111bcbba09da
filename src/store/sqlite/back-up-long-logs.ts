import {
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { longLogFolder, taskOfLongLog } from "./long-log.ts";
import { syncToDisk } from "./sync-to-disk.ts";

export interface LongLogsParams {
  /** In a transaction, which shows the moment that is kept. */
  readonly source: DatabaseSync;
  readonly path: string;
  /** Of the copy of the database, before it has its name. */
  readonly unfinished: string;
}

/**
 * Copies the middle of the long logs of all tasks that there are at that moment. A file may have later
 * lines too: the copied database does not count them. Answers with how many there are.
 */
export async function copyLongLogs({ source, path, unfinished }: LongLogsParams): Promise<number> {
  const from = longLogFolder(path);
  if (!existsSync(from)) return 0;
  const to = longLogFolder(unfinished);
  const isKept = source.prepare("select 1 from tasks where id = ?");
  let count = 0;
  for (const name of readdirSync(from)) {
    const taskId = taskOfLongLog(name);
    if (taskId === undefined || isKept.get(taskId) === undefined) continue;
    if (count === 0) mkdirSync(to, { mode: 0o700 });
    if (await copyUnlessGone(join(from, name), join(to, name))) count += 1;
  }
  if (count > 0) chmodSync(to, statSync(from).mode);
  return count;
}

/** Its task may be removed just now. */
async function copyUnlessGone(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  syncToDisk(to);
  return true;
}

/** Those of an earlier copy of that name go: nobody would find them. */
export function keepLongLogs(unfinished: string, target: string): void {
  const from = longLogFolder(unfinished);
  const to = longLogFolder(target);
  rmSync(to, { recursive: true, force: true });
  if (existsSync(from)) renameSync(from, to);
}

export function dropUnfinishedLongLogs(unfinished: string): void {
  rmSync(longLogFolder(unfinished), { recursive: true, force: true });
}
