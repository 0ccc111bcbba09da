import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ownCpuSeconds } from "../measure/process-usage.ts";
import { synchronousOf } from "../options.ts";
import type { Row } from "../row.ts";

/**
 * The yardstick: what the disk and SQLite alone can do in the same run. `commits/s`: one row
 * changed in each. `settle + claim/s`: the least that the end of one task and the claim of the
 * next take, in one commit, on a plain table with the two indexes that a queue needs.
 */
export const rawCommits: Row = {
  id: "RAW",
  what: "SQLite alone, no queue around it",
  async measure({ folder, options, size }) {
    const db = new DatabaseSync(join(folder, "raw.db"));
    db.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronousOf[options.class]};
      create table tasks (seq integer primary key, id text unique, state text, body text);
      create index by_state on tasks (state, seq)`);
    const count = size(5_000, 1_000);
    fill(db, count);

    const cpu = ownCpuSeconds();
    const commits = perSecond(count, changeOne(db));
    const cpuSecondsPer1000 = ((ownCpuSeconds() - cpu) / count) * 1_000;
    const claims = perSecond(count - 1, settleAndClaim(db));
    db.close();
    return { values: { "commits/s": commits, "settle + claim/s": claims }, cpuSecondsPer1000 };
  },
};

function fill(db: DatabaseSync, count: number): void {
  const insert = db.prepare("insert into tasks (id, state, body) values (?, 'pending', ?)");
  db.exec("begin");
  for (let n = 1; n <= count; n++) insert.run(`task-${n}`, "x".repeat(300));
  db.exec("commit");
}

function changeOne(db: DatabaseSync): (n: number) => void {
  const change = db.prepare("update tasks set body = 'y' || substr(body, 2) where seq = ?");
  return (n) => void change.run(n);
}

function settleAndClaim(db: DatabaseSync): () => void {
  const settle = db.prepare("update tasks set state = 'completed' where id = ?");
  const due = "select seq from tasks where state = 'pending' order by seq limit 1";
  const claim = db.prepare(`update tasks set state = 'running' where seq = (${due}) returning id`);
  let held = claim.get()?.id ?? "";
  return () => {
    db.exec("begin immediate");
    settle.run(held);
    held = claim.get()?.id ?? "";
    db.exec("commit");
  };
}

function perSecond(count: number, step: (n: number) => void): number {
  const start = performance.now();
  for (let n = 1; n <= count; n++) step(n);
  return count / ((performance.now() - start) / 1_000);
}
