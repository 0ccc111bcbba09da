import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBeside } from "../../../test/support/open-beside.ts";
import { endOf, firstLineOf, program } from "../../../test/support/store-programs.ts";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { numbered, Stage } from "../conformance/stage.ts";
import { migrations } from "./migrations.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const oldTaskSql = `
  insert into tasks (id, type, queue, state, ready, priority, attempt_limit, created_at,
                     max_attempts, retry_on, backoff_ms, max_backoff_ms, on_dependency_failure,
                     payload)
  values ('old', 'echo', 'default', 'pending', 1, 0, 3, 5, 3, 'any', 0, 0, 'skip', '"hello"');
  insert into worker_events (event_type, created_at, task_id) values ('task_submitted', 5, 'old')`;

describe("openSqliteStore", () => {
  it("makes a file in WAL mode, durable through the loss of power, with our mark", async () => {
    const { path, store } = await begin();

    expect(store.abilities).toEqual({ spansMachines: false, powerLossSafe: true, location: path });
    const file = openBeside(path);
    onTestFinished(() => file.close());
    expect(file.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(file.prepare("pragma user_version").get()).toEqual({ user_version: migrations.length });
    expect(file.prepare("pragma application_id").get()).toEqual({ application_id: 0x434c5831 });
  });

  it("has the tables that people are told to query", async () => {
    const { path, store } = await begin();
    await store.appendEvents({ events: [{ type: "worker_ready", at: 5 }] });

    const file = openBeside(path, { readOnly: true });
    onTestFinished(() => file.close());
    const sql = "select event_type, created_at from worker_events order by created_at desc";
    expect(file.prepare(sql).all()).toEqual([{ event_type: "worker_ready", created_at: 5 }]);
    expect(file.prepare("select id, type, status from workers").all()).toEqual([]);
  });

  it("opens what it finds, and keeps its journal mode", async () => {
    const { path, store, openAnother } = await begin({ journalMode: "delete" });
    const [submitted] = await store.submit({ tasks: [new Stage(await begin()).newTask()], now: 1 });
    await store.close();

    const again = await openSqliteStore({ path });
    onTestFinished(() => again.close());

    expect(await again.findTask(submitted?.task.id ?? "")).toEqual(submitted?.task);
    const file = openBeside(path);
    onTestFinished(() => file.close());
    expect(file.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "delete" });
    await openAnother();
  });

  it("brings a file of any earlier version up to date, with the tasks in it", async () => {
    for (const version of migrations.keys()) {
      if (version === 0) continue;
      const { folder } = await begin();
      const path = join(folder, `version-${version}.db`);
      const file = openBeside(path);
      for (const migration of migrations.slice(0, version)) file.exec(migration);
      file.exec(`pragma user_version = ${version}`);
      file.exec("pragma application_id = 0x434c5831");
      file.exec(oldTaskSql);
      file.close();

      const store = await openSqliteStore({ path });
      onTestFinished(() => store.close());

      const { items } = await store.listTasks({ limit: 9, text: "hello" });
      expect(items).toMatchObject([{ id: "old", state: "pending", payload: "hello" }]);
      expect(await store.listEvents({ after: 0, limit: 9, taskId: "old" })).toHaveLength(1);
      const { counts } = await store.countMatching({ type: "echo" });
      expect(counts.pending).toBe(1);
    }
  });

  it("admits when the loss of power could cost something", async () => {
    const relaxed = await begin({ synchronous: "normal" });
    const inMemory = await begin({ journalMode: "memory" });

    expect(relaxed.store.abilities.powerLossSafe).toBe(false);
    expect(inMemory.store.abilities.powerLossSafe).toBe(false);
  });

  it("refuses a file of a newer version, and leaves it as it is", async () => {
    const { path, store } = await begin();
    await store.close();
    execute(path, "pragma user_version = 99");

    await expectRefusal(path, "store_too_new", /version 99.*up to \d+.*newer clx/);
    expect(execute(path, "pragma user_version")).toEqual([{ user_version: 99 }]);
  });

  it("refuses a file that is no database", async () => {
    const { folder } = await begin();
    const path = join(folder, "notes.txt");
    writeFileSync(path, "not a database at all ".repeat(500));

    await expectRefusal(path, "store_not_a_database", /is no SQLite database/);
  });

  it("refuses a database of another program", async () => {
    const { folder } = await begin();
    const [bare, marked] = [join(folder, "bare.db"), join(folder, "marked.db")];
    execute(bare, "create table jobs (id integer)");
    execute(marked, "pragma application_id = 77; pragma user_version = 1");

    await expectRefusal(bare, "store_not_a_database", /another program.*--db-path/);
    await expectRefusal(marked, "store_not_a_database", /another program/);
    expect(execute(bare, "select name from sqlite_schema")).toEqual([{ name: "jobs" }]);
  });

  it("refuses a folder in place of a file", async () => {
    const { folder } = await begin();
    const path = join(folder, "folder.db");
    mkdirSync(path);

    await expectRefusal(path, "store_not_a_database", /is a folder/);
  });

  it("refuses a folder that is not there", async () => {
    const { folder } = await begin();

    const path = join(folder, "no", "such", "x.db");
    await expectRefusal(path, "store_folder_missing", /no folder .*no\/such; make it/);
    expect(existsSync(join(folder, "no"))).toBe(false);
  });

  it.runIf(existsSync("/proc/self"))("refuses a folder that nobody can write", async () => {
    await expectRefusal("/proc/clx_jobs.db", "store_read_only", /read-only.*make both writable/);
  });

  it("refuses to make a file when it may not", async () => {
    const { folder } = await begin();
    const path = join(folder, "none.db");

    const opening = openSqliteStore({ path, create: false });

    await expect(opening).rejects.toMatchObject({ code: "store_missing" });
    expect(existsSync(path)).toBe(false);
  });

  it("looks without writing when asked to", async () => {
    const site = await begin();
    const stage = new Stage(site);
    const task = await stage.submit();

    const looking = await openSqliteStore({ path: site.path, readOnly: true });
    onTestFinished(() => looking.close());

    expect(await looking.findTask(task.id)).toEqual(task);
    await expect(looking.cancel({ taskId: task.id, reason: "", now: 1 })).rejects.toMatchObject({
      code: "store_read_only",
    });
  });

  it("says that a file is damaged, and how to save what is left", async () => {
    const site = await begin();
    const stage = new Stage(site);
    await site.store.submit({ tasks: numbered(500, () => stage.newTask()), now: 1 });
    await site.store.close();
    scribbleOver(site.path);

    const damaged = async () => {
      const store = await openSqliteStore({ path: site.path });
      onTestFinished(() => store.close());
      await store.listTasks({ limit: 1_000 });
    };

    await expect(damaged()).rejects.toMatchObject({
      code: "store_corrupt",
      message: expect.stringMatching(/is damaged.*backup.*\.recover/),
    });
  });

  it("lets many open the same new file at once, in one process", async () => {
    const { folder } = await begin();

    for (const journalMode of ["wal", "delete"] as const) {
      const path = join(folder, `${journalMode}.db`);
      const stores = await Promise.all(numbered(12, () => openSqliteStore({ path, journalMode })));
      for (const store of stores) {
        await store.appendEvents({ events: [{ type: "pool_started", at: 1 }] });
      }
      expect(await stores[0]?.listEvents({ after: 0, limit: 99 })).toHaveLength(12);
      for (const store of stores) await store.close();
    }
  });

  it("lets many processes open the same new file at once", { timeout: 90_000 }, async () => {
    const { folder } = await begin();

    for (const journalMode of ["wal", "delete"]) {
      const path = join(folder, `${journalMode}.db`);
      const ends = numbered(8, () => endOf(program("opener", [path, journalMode])));
      expect(await Promise.all(ends)).toEqual(numbered(8, () => "ok\n"));
      expect(execute(path, "select count(*) as events from worker_events")).toEqual([
        { events: 8 },
      ]);
    }
  });

  it("waits for a stranger's lock on a new file", async () => {
    const { folder } = await begin();

    for (const journalMode of ["wal", "delete"] as const) {
      const path = join(folder, `${journalMode}.db`);
      const stranger = program("lock-holder", [path, "immediate"]);
      await firstLineOf(stranger);
      const opening = openSqliteStore({ path, journalMode });
      for (const _ of numbered(10, String)) await sleep(5);
      stranger.stdin?.end();
      await (await opening).close();
    }
  });
});

async function begin(options: Parameters<typeof openSqliteSite>[0] = {}) {
  const site = await openSqliteSite(options);
  onTestFinished(() => site.close());
  return site;
}

async function expectRefusal(path: string, code: string, message: RegExp): Promise<void> {
  const opening = openSqliteStore({ path, busyTimeoutMs: 1_000 });
  await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await expect(opening).rejects.toThrow(path);
}

function execute(path: string, sql: string): unknown[] {
  const file = openBeside(path);
  try {
    if (/^(select|pragma \w+$)/.test(sql)) return file.prepare(sql).all();
    file.exec(sql);
    return [];
  } finally {
    file.close();
  }
}

/** Spares the first pages, which hold the schema. */
function scribbleOver(path: string): void {
  const file = openSync(path, "r+");
  const rubbish = Buffer.alloc(4_096, 0xa5);
  for (let page = 25; page < 60; page++) writeSync(file, rubbish, 0, 4_096, page * 4_096);
  closeSync(file);
}
