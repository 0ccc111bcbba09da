import { closeSync, fdatasyncSync, openSync } from "node:fs";
import type { Connection } from "./connection.ts";

/**
 * Has the write-ahead log wait for the disk after a commit, when others may write again.
 *
 * SQLite itself waits while it holds the lock (`synchronous = full`), so that all who write wait
 * for the disk one after the other. Here a commit gives the lock back first, and its wait covers
 * whatever others have committed before it: nobody is answered, and no bell is rung, before what
 * was answered is on disk together with all that it builds upon. Somebody who happens to read
 * in between may see what a loss of power would still undo.
 *
 * Closing the log's file takes no lock away: SQLite's locks are on the other two files.
 */
export class LogSync {
  readonly #db: Connection;
  #file: number | undefined;
  #changesOnDisk = 0;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** After a commit; one that has changed nothing need not wait. */
  sync(): void {
    const sql = "select total_changes() as changes";
    const changes = this.#db.get<{ changes: number }>(sql)?.changes;
    if (changes === this.#changesOnDisk) return;
    this.#file ??= openSync(`${this.#db.path}-wal`, "r");
    fdatasyncSync(this.#file);
    this.#changesOnDisk = changes ?? Number.NaN;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
