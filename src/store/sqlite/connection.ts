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

interface Prepared {
  readonly statement: StatementSync;
  columns: readonly string[];
}

type Cells = readonly unknown[];

/**
 * A row as a plain object. One that SQLite's own binding builds is a dictionary, slow to make and to
 * read: a task takes 5.7 µs that way and 4.3 so. Another process may add columns at any time.
 */
function rowOf(prepared: Prepared, cells: Cells): Record<string, unknown> {
  if (prepared.columns.length !== cells.length) {
    prepared.columns = prepared.statement.columns().map(({ name }) => name);
  }
  const row: Record<string, unknown> = {};
  for (let at = 0; at < cells.length; at++) row[prepared.columns[at] as string] = cells[at];
  return row;
}

/** One connection; a statement is prepared once for as long as not too many others are. */
export class Connection {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

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
    return Number(this.#prepare(sql).statement.run(...values).changes);
  }

  get<Row>(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    const prepared = this.#prepare(sql);
    const cells = prepared.statement.get(...values) as Cells | undefined;
    return cells === undefined ? undefined : (rowOf(prepared, cells) as Row);
  }

  all<Row>(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    const prepared = this.#prepare(sql);
    const rows = prepared.statement.all(...values) as unknown as readonly Cells[];
    return rows.map((cells) => rowOf(prepared, cells) as Row);
  }

  /** Rows as arrays of their cells. */
  allCells<Cells>(sql: string, ...values: readonly SQLInputValue[]): Cells[] {
    return this.#prepare(sql).statement.all(...values) as unknown as Cells[];
  }

  allNamed<Row>(sql: string, values: NamedValues): Row[] {
    const prepared = this.#prepare(sql);
    const rows = prepared.statement.all(values) as unknown as readonly Cells[];
    return rows.map((cells) => rowOf(prepared, cells) as Row);
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

  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (prepared === undefined) {
      prepared = { statement: this.#db.prepare(sql), columns: [] };
      prepared.statement.setReturnArrays(true);
      this.#statements.set(sql, prepared);
      if (this.#statements.size > maxPrepared) this.#forgetOldest();
    }
    return prepared;
  }

  #forgetOldest(): void {
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
  }
}
