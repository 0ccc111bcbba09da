import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Connection } from "./connection.ts";

describe("a connection", () => {
  let folder: string;
  let ours: Connection;
  let others: Connection;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "clx-connection-"));
    ours = new Connection({ path: join(folder, "some.db") });
    others = new Connection({ path: join(folder, "some.db") });
    ours.exec("create table things (id integer primary key, name text)");
    ours.run("insert into things (name) values (?), (?)", "one", null);
  });

  afterEach(() => {
    ours.close();
    others.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("gives rows by the names of their columns", () => {
    const all = "select id, name as title from things order by id";

    expect(ours.get(all)).toEqual({ id: 1, title: "one" });
    expect(ours.all(all)).toEqual([
      { id: 1, title: "one" },
      { id: 2, title: null },
    ]);
    expect(ours.allNamed("select name from things where id = :id", { id: 1 })).toEqual([
      { name: "one" },
    ]);
    expect(ours.get("select * from things where id = 3")).toBeUndefined();
  });

  it("names columns rightly when another process has added some meanwhile", () => {
    const withLast = "select *, 'last' as place from things where id = 1";
    expect(ours.get(withLast)).toEqual({ id: 1, name: "one", place: "last" });

    others.exec("alter table things add column colour text default 'red'");

    expect(ours.get(withLast)).toEqual({ id: 1, name: "one", colour: "red", place: "last" });
  });
});
