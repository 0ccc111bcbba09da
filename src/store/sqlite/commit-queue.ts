import { setImmediate } from "node:timers/promises";
import { ClxError } from "../../domain/errors.ts";
import type { Bell } from "./bell.ts";
import type { Connection } from "./connection.ts";
import type { LogSync } from "./log-sync.ts";
import { removeLongLog } from "./long-log.ts";
import type { Patience } from "./patience.ts";
import { asStoreError, isBusy, resultCode } from "./sqlite-errors.ts";
import { Transaction } from "./transaction.ts";

const maxGroup = 500;

type Operation<T> = (tx: Transaction) => T;

interface Entry {
  readonly operation: Operation<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** What became of an operation, held back until the commit. */
type Answer = () => void;

export interface CommitQueueParams {
  readonly db: Connection;
  readonly bell: Bell;
  readonly patience: Patience;
  readonly path: string;
  /** Absent where SQLite itself waits for the disk, or nobody does. */
  readonly log?: LogSync | undefined;
}

/**
 * Groups commits.
 *
 * All writes that were asked for in one turn of the event loop share one transaction, hence one
 * wait for the disk. Each runs in a savepoint of its own, so one that fails takes no neighbour
 * with it, and nobody is answered before the commit, nor before it is on disk (`log-sync.ts`).
 *
 * When the store itself fails within a group (disk full, I/O error), the group is rolled back and its
 * operations are tried one by one, so that only those that really cannot be kept are refused. When the commit
 * fails, all of the group are refused.
 */
export class CommitQueue {
  readonly #params: CommitQueueParams;
  #waiting: Entry[] = [];
  #work: Promise<void> | undefined;

  constructor(params: CommitQueueParams) {
    this.#params = params;
  }

  add<T>(operation: Operation<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ operation, resolve: resolve as Entry["resolve"], reject });
      this.#work ??= this.#workOff();
    });
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
  }

  async #workOff(): Promise<void> {
    await setImmediate();
    while (this.#waiting.length > 0) {
      await this.#commit(this.#waiting.splice(0, maxGroup));
      await setImmediate();
    }
    this.#work = undefined;
  }

  async #commit(group: readonly Entry[]): Promise<void> {
    const { db, patience, log } = this.#params;
    const tx = new Transaction(db);
    let answers: Answer[];
    try {
      log?.refuseAfterFailure();
      answers = await patience.retry(() => this.#perform(group, tx));
      if (db.inTransaction) await patience.retry(() => db.run("commit"));
    } catch (error) {
      db.rollback();
      return this.#afterFailure(group, error);
    }
    try {
      log?.wait();
    } catch (error) {
      return this.#refuse(group, error);
    }
    for (const taskId of tx.removedTasks) removeLongLog({ databasePath: db.path, taskId });
    this.#ring(tx);
    for (const answer of answers) answer();
  }

  async #afterFailure(group: readonly Entry[], error: unknown): Promise<void> {
    const isOfAll = error instanceof CommitFailed || error instanceof ClxError; // stayed locked
    if (group.length === 1 || isOfAll) return this.#refuse(group, error);
    for (const entry of group) await this.#commit([entry]);
  }

  /** Leaves the transaction open when only the commit has to be tried again. */
  #perform(group: readonly Entry[], tx: Transaction): Answer[] {
    const { db } = this.#params;
    tx.begin();
    let answers: Answer[];
    try {
      answers = group.length === 1 ? group.map((entry) => runAlone(entry, tx)) : runAll(group, tx);
    } catch (error) {
      db.rollback();
      throw error;
    }
    try {
      db.run("commit");
    } catch (error) {
      if (!isBusy(error)) throw new CommitFailed(error);
    }
    return answers;
  }

  #ring(tx: Transaction): void {
    const { bell } = this.#params;
    for (const name of tx.rings) bell.ring(name);
    for (const name of tx.removedBells) bell.remove(name);
  }

  #refuse(group: readonly Entry[], error: unknown): void {
    const reason = error instanceof CommitFailed ? error.cause : error;
    for (const { reject } of group) reject(asStoreError(reason, this.#params.path));
  }
}

class CommitFailed extends Error {
  constructor(cause: unknown) {
    super("the commit failed", { cause });
  }
}

function runAlone({ operation, resolve }: Entry, tx: Transaction): Answer {
  const value = operation(tx);
  return () => resolve(value);
}

function runAll(group: readonly Entry[], tx: Transaction): Answer[] {
  return group.map(({ operation, resolve, reject }) => {
    tx.db.run("savepoint operation");
    try {
      const value = operation(tx);
      tx.db.run("release operation");
      return () => resolve(value);
    } catch (error) {
      if (resultCode(error) !== undefined || !tx.db.inTransaction) throw error;
      tx.db.run("rollback to operation");
      tx.db.run("release operation");
      return () => reject(error);
    }
  });
}
