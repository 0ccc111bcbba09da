import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { workFolders } from "../../config/work-folders.ts";
import { sizeOf } from "../../diagnosis/file-facts.ts";

export interface Doomed {
  readonly path: string;
  readonly bytes: number;
}

export interface WhatGoesParams {
  readonly databasePath: string;
  readonly logFolder: string | undefined;
  /** Logs of workers and services, and checkpoints, too. */
  readonly all: boolean;
}

/** What belongs to a database and is there; the database itself last, so that a stop leaves it. */
export function whatGoes({ databasePath, logFolder, all }: WhatGoesParams): readonly Doomed[] {
  const folders = workFolders(databasePath, logFolder);
  const beside = ["-bell", "-workers", "-long-logs", "-journal", "-shm", "-wal", ""].map(
    (suffix) => databasePath + suffix,
  );
  const more = all
    ? [
        ...workerLogs(folders.logFolder),
        folders.checkpointFolder,
        join(dirname(databasePath), "services.log"),
      ]
    : [];
  return [...more, ...beside].filter(existsSync).map((path) => ({ path, bytes: bytesUnder(path) }));
}

/** A log folder may be one that others write to as well. */
function workerLogs(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^worker_.+\.log(\.\d+)?$/.test(name))
    .map((name) => join(folder, name));
}

function bytesUnder(path: string): number {
  if (!statSync(path).isDirectory()) return sizeOf(path);
  const inside = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return inside.reduce((sum, entry) => sum + sizeOf(join(entry.parentPath, entry.name)), 0);
}

export function remove(doomed: readonly Doomed[]): void {
  for (const { path } of doomed) rmSync(path, { recursive: true, force: true });
}
