import { DatabaseSync } from "node:sqlite";

/**
 * The least that a queue in SQLite takes: a plain table with the two indexes that it needs. What
 * ours costs is told as so many times this, in the same run on the same machine.
 */
export class RawQueue {
  readonly #db: DatabaseSync;
  readonly #insert;
  readonly #settle;
  readonly #claim;
  readonly #held: string[] = [];
  #added = 0;

  constructor(path: string, synchronous: "full" | "normal" | "off") {
    const db = new DatabaseSync(path);
    db.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous};
      create table tasks (seq integer primary key, id text unique, state text, body text);
      create index by_state on tasks (state, seq)`);
    const due = "select seq from tasks where state = 'pending' order by seq limit 1";
    this.#db = db;
    this.#insert = db.prepare("insert into tasks (id, state, body) values (?, 'pending', ?)");
    this.#settle = db.prepare("update tasks set state = 'completed' where id = ?");
    this.#claim = db.prepare(
      `update tasks set state = 'running' where seq = (${due}) returning id`,
    );
  }

  /** In one commit. */
  submit(count: number): void {
    this.#db.exec("begin immediate");
    for (let n = 0; n < count; n++) this.#insert.run(`task-${++this.#added}`, "x".repeat(300));
    this.#db.exec("commit");
  }

  /** Ends what is held, and claims as many, in one commit. */
  settleAndClaim(count: number): void {
    this.#db.exec("begin immediate");
    for (const id of this.#held.splice(0)) this.#settle.run(id);
    for (let n = 0; n < count; n++) {
      const row = this.#claim.get();
      if (row !== undefined) this.#held.push(String(row.id));
    }
    this.#db.exec("commit");
  }

  /** Changes a row in each of so many commits. */
  change(count: number): void {
    const change = this.#db.prepare("update tasks set body = 'y' || substr(body, 2) where seq = ?");
    for (let n = 1; n <= count; n++) change.run(n);
  }

  close(): void {
    this.#db.close();
  }
}
