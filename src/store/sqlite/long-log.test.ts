import { appendFileSync, existsSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteSite, type SqliteSite } from "../../../test/support/store-site.ts";
import type { StoredLogLine } from "../task-store.ts";
import {
  appendToLongLog,
  firstOfLongLog,
  lastOfLongLog,
  longLogFolder,
  removeLongLog,
} from "./long-log.ts";

let site: SqliteSite;
beforeEach(async () => {
  site = await openSqliteSite();
});
afterEach(async () => await site.close());

const everything = { after: 0, before: Number.POSITIVE_INFINITY, limit: 1_000_000 };

describe("a long log", () => {
  it("gives any stretch of a large file, from either side", () => {
    const lines = numbered(1_001, 60_000, (n) => `${n} ${"ü€\n".repeat(n % 40)}`);
    for (let at = 0; at < lines.length; at += 4_000) append(lines.slice(at, at + 4_000));

    for (const after of [0, 1_000, 1_001, 7_777, 33_333, 59_990, 60_000]) {
      const stretch = { after, before: after + 5_000, limit: 700 };
      const within = lines.filter(({ cursor }) => cursor > after && cursor < after + 5_000);
      expect(firstOfLongLog(address(), stretch)).toEqual(within.slice(0, 700));
      expect(lastOfLongLog(address(), stretch)).toEqual(within.slice(-700));
    }
  });

  it("takes off what a crash has cut in two, and goes on", () => {
    append(numbered(1, 10));
    const size = statSync(onlyFile()).size;
    append(numbered(11, 11));
    truncateSync(onlyFile(), size + 5);

    append(numbered(11, 12));

    expect(firstOfLongLog(address(), everything)).toEqual(numbered(1, 12));
  });

  it("has each line once, whatever was written by a transaction that came to nothing", () => {
    append(numbered(1, 10));

    append(numbered(6, 14));

    expect(firstOfLongLog(address(), everything)).toEqual(numbered(1, 14));
  });

  it("has what was committed, not what a transaction that came to nothing would have had there", () => {
    append(numbered(1, 9_000, (n) => `old ${n} ${"ü".repeat(n % 40)}`));
    append(numbered(9_001, 20_000, (n) => `never committed ${n}`));

    append(numbered(9_001, 9_010, (n) => `new ${n}`));
    append(numbered(9_011, 9_012, (n) => `newer ${n}`));

    const lines = firstOfLongLog(address(), { ...everything, after: 8_999 });
    expect(lines.map(({ line }) => line.split(" ")[0])).toEqual([
      ...["old", ...Array.from({ length: 10 }, () => "new"), "newer", "newer"],
    ]);
    expect(firstOfLongLog(address(), everything).map(({ cursor }) => cursor)).toEqual(
      numbered(1, 9_012).map(({ cursor }) => cursor),
    );
  });

  it("keeps no more than there may be, and later what fits", () => {
    append(numbered(1, 10), 300);
    append(
      numbered(11, 30, () => "x".repeat(200)),
      300,
    );
    append(numbered(31, 31), 1_000);

    const cursors = firstOfLongLog(address(), everything).map(({ cursor }) => cursor);

    expect(cursors).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31]);
    expect(lastOfLongLog(address(), { ...everything, before: 31, limit: 2 })).toEqual(
      numbered(9, 10),
    );
  });

  it("stays in its folder, whatever a task is called, and goes with it", () => {
    const there = { databasePath: site.path, taskId: "../../x/.." };
    appendToLongLog(there, numbered(1, 1));
    expect(readdirSync(longLogFolder(site.path))).toHaveLength(1);

    removeLongLog(there);
    removeLongLog(there);

    expect(readdirSync(longLogFolder(site.path))).toEqual([]);
    expect(firstOfLongLog(there, everything)).toEqual([]);
  });

  it("fails nobody when it cannot be written", () => {
    appendFileSync(longLogFolder(site.path), "in the way");

    append(numbered(1, 1));

    expect(firstOfLongLog(address(), everything)).toEqual([]);
    rmSync(longLogFolder(site.path));
    expect(existsSync(longLogFolder(site.path))).toBe(false);
  });
});

function address() {
  return { databasePath: site.path, taskId: "t" };
}

function append(lines: readonly StoredLogLine[], cap?: number): void {
  appendToLongLog(address(), lines, cap);
}

function onlyFile(): string {
  const folder = longLogFolder(site.path);
  return join(folder, readdirSync(folder)[0] ?? "");
}

function numbered(
  from: number,
  to: number,
  text: (cursor: number) => string = (n) => `line ${n}`,
): StoredLogLine[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    ...{ cursor: from + index, attempt: 1, at: from + index, stream: "stdout" },
    line: text(from + index),
  }));
}
