import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { containsText } from "./contains-text.ts";

export interface ConnectionParams {
  readonly path: string;
  readonly readOnly?: boolean;
}

export type NamedValues = Record<string, SQLInputValue>;

/** A commit of this connection has to be tried again: to a reader that is a lock like another's. */
class CommitUnderWay extends Error {
  readonly errcode = 5; // SQLITE_BUSY
}

const maxPrepared = 256;

/** One connection; a statement is prepared once for as long as not too many others are. */
export class Connection {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor({ path, readOnly = false }: ConnectionParams) {
    this.path = path;
    this.#db = new DatabaseSync(path, { timeout: 0, readOnly });
    this.#db.function("contains_text", { deterministic: true }, containsText);
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  /** Runs statements that are not worth keeping. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Returns the number of rows changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  get<Row>(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  allNamed<Row>(sql: string, values: NamedValues): Row[] {
    return this.#prepare(sql).all(values) as Row[];
  }

  /** Runs reads that must see one state of the database. */
  snapshot<T>(read: () => T): T {
    if (this.inTransaction) throw new CommitUnderWay();
    this.run("begin");
    try {
      return read();
    } finally {
      if (this.inTransaction) this.run("rollback");
    }
  }

  rollback(): void {
    if (this.inTransaction) this.run("rollback");
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
      if (this.#statements.size > maxPrepared) this.#forgetOldest();
    }
    return statement;
  }

  #forgetOldest(): void {
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
  }
}
