import { closeSync, fdatasyncSync, openSync } from "node:fs";
import { ClxError } from "../../domain/errors.ts";
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
 * When the disk fails, what others see already may never be kept, and a second try would say that
 * all is well although the pages are gone. So nothing is written any more until the store is opened
 * again, which reads from the disk what there is.
 *
 * Closing the log's file takes no lock away: SQLite's locks are on the other two files.
 */
export class LogSync {
  readonly #db: Connection;
  #file: number | undefined;
  #onDisk = "";
  #failure: ClxError | undefined;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** @throws ClxError `store_io` once the disk has failed */
  refuseAfterFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * After a commit; not when neither we nor others have written since the last wait.
   *
   * @throws ClxError `store_io`
   */
  wait(): void {
    const state = this.#written();
    if (state === this.#onDisk) return;
    try {
      this.#file ??= openSync(`${this.#db.path}-wal`, "r");
      fdatasyncSync(this.#file);
    } catch (error) {
      this.#failure = diskFailed(this.#db.path, error);
      throw this.#failure;
    }
    this.#onDisk = state;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** Another text after each commit, whose ever it is. */
  #written(): string {
    const ours = this.#db.get<{ changes: number }>("select total_changes() as changes");
    const others = this.#db.get<{ data_version: number }>("pragma data_version");
    return `${ours?.changes} ${others?.data_version}`;
  }
}

function diskFailed(path: string, error: unknown): ClxError {
  const why = error instanceof Error ? error.message : String(error);
  return new ClxError(
    "store_io",
    `the disk of the store ${path} failed (${why}); nobody knows whether the call has been kept, and nothing more is written; look at the disk, then start again`,
    { cause: error },
  );
}
