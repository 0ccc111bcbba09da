import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ownCpuSeconds } from "../measure/process-usage.ts";
import { synchronousOf } from "../options.ts";
import type { Row } from "../row.ts";

/**
 * The yardstick: what the disk and SQLite alone can do in the same run. A commit changes one
 * row of some 300 bytes and one index entry, as the end of one task and the claim of the next do.
 */
export const rawCommits: Row = {
  id: "RAW",
  what: "SQLite alone: commits, one row each",
  async measure({ folder, options, size }) {
    const db = new DatabaseSync(join(folder, "raw.db"));
    db.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronousOf[options.class]};
      create table rows (id integer primary key, state text, body text);
      create index by_state on rows (state, id)`);
    const insert = db.prepare("insert into rows (state, body) values ('pending', ?)");
    const count = size(5_000, 1_000);
    db.exec("begin");
    for (let n = 0; n < count; n++) insert.run("x".repeat(300));
    db.exec("commit");

    const change = db.prepare("update rows set state = 'completed' where id = ?");
    const cpu = ownCpuSeconds();
    const start = performance.now();
    for (let n = 1; n <= count; n++) change.run(n);
    const seconds = (performance.now() - start) / 1_000;
    db.close();

    return {
      values: { "commits/s": count / seconds },
      cpuSecondsPer1000: ((ownCpuSeconds() - cpu) / count) * 1_000,
    };
  },
};
