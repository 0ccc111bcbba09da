import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBeside } from "../../../test/support/open-beside.ts";
import { firstLineOf, program } from "../../../test/support/store-programs.ts";
import { openSqliteSite, type SqliteSite } from "../../../test/support/store-site.ts";
import { numbered, Stage } from "../conformance/stage.ts";
import { backUpStore } from "./back-up.ts";
import { examineStore } from "./examine.ts";
import { appendToLongLog, longLogFolder } from "./long-log.ts";
import { migrations } from "./migrations.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { readStatistics } from "./statistics.ts";
import { vacuumStore } from "./vacuum.ts";

const withinMs = 2_000;

describe("a backup", () => {
  it("has all tasks, and can be opened in the place of the store", async () => {
    const { stage, path, target } = await begin();
    const task = await stage.submit({ payload: { say: "keep me" } });

    const done = await backUpStore({ path, target, withinMs });

    const copy = await openSqliteStore({ path: target, create: false });
    onTestFinished(() => copy.close());
    expect(done).toEqual({ target, tasks: 1, longLogs: 0 });
    expect(await copy.findTask(task.id)).toEqual(task);
    expect((await examineStore({ path: target, withinMs, integrity: true })).journalMode).toBe(
      "wal",
    );
  });

  it("has the whole of long logs, and none that an earlier one of that name had", async () => {
    const { stage, path, target } = await begin();
    const whose = await stage.submit({ id: "../a long one" });
    const workerId = await stage.worker();
    const [task] = (await stage.claim(workerId)).tasks;
    const stray = { cursor: 1, attempt: 1, at: 1, stream: "stdout" as const, line: "a stray" };
    const logs = numbered(9_000, (n) => ({ at: n, stream: "stdout" as const, line: `line ${n}` }));
    await stage.store.report({ workerId, taskId: whose.id, attempt: 1, now: stage.now, logs });
    appendToLongLog({ databasePath: path, taskId: "removed" }, [stray]);
    appendToLongLog({ databasePath: target, taskId: "of an earlier one" }, [stray]);

    const done = await backUpStore({ path, target, withinMs });

    expect(task?.id).toBe(whose.id);
    expect(done.longLogs).toBe(1);
    expect(readdirSync(longLogFolder(target))).toHaveLength(1);
    rmSync(longLogFolder(path), { recursive: true });
    const copy = await openSqliteStore({ path: target, create: false });
    onTestFinished(() => copy.close());
    const page = await copy.logsOf({ taskId: whose.id, after: 0, limit: 10_000 });
    expect(page.dropped).toBe(0);
    expect(page.lines.map(({ line }) => line)).toEqual(logs.map(({ line }) => line));
  });

  it("is no more open to others than the store", async () => {
    const { path, target } = await begin();
    chmodSync(path, 0o600);

    await backUpStore({ path, target, withinMs });

    expect(statSync(target).mode & 0o777).toBe(0o600);
  });

  // The other process submits pairs, each in one transaction.
  it("shows one moment, however much is written meanwhile, and ends", async () => {
    const { stage, path, target } = await begin();
    await fill(stage, 20_000);
    const submitter = program("submitter", [path]);
    await firstLineOf(submitter);

    const { tasks } = await backUpStore({ path, target, withinMs });

    expect(tasks % 2).toBe(0);
    expect(countRows(target)).toBe(tasks);
    expect(countRows(path)).toBeGreaterThan(tasks);
  });

  it("leaves what was there when the copy fails, and nothing half-made", async () => {
    const { path, folder } = await begin();
    const target = join(folder, "good.db");
    writeFileSync(target, "an older backup");
    writeFileSync(path.replace("clx_jobs", "text"), "no database ".repeat(100));

    const failing = backUpStore({ path: join(folder, "text.db"), target, withinMs });

    await expect(failing).rejects.toMatchObject({ code: "store_not_a_database" });
    expect(statSync(target).size).toBe("an older backup".length);
    expect(readdirSync(folder).filter((name) => name.includes("unfinished"))).toEqual([]);
  });
});

describe("a vacuum", () => {
  it("gives the space of what was removed back, and empties the log", async () => {
    const { stage, path } = await begin();
    await fill(stage, 2_000);
    const db = openBeside(path);
    db.exec("delete from tasks; delete from worker_events");
    db.close();
    const before = statSync(path).size + statSync(`${path}-wal`).size;

    await vacuumStore({ path, withinMs });

    expect(statSync(path).size).toBeLessThan(before / 2);
    expect(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    expect((await examineStore({ path, withinMs, integrity: true })).freePages).toBe(0);
  });

  it("says so when somebody keeps the store locked", async () => {
    const { path } = await begin();
    await firstLineOf(program("lock-holder", [path]));

    await expect(vacuumStore({ path, withinMs: 100 })).rejects.toMatchObject({
      code: "store_busy",
    });
  });
});

describe("an examination", () => {
  it("tells version, size and that a writer gets its turn, and changes nothing", async () => {
    const { path } = await begin();
    const db = openBeside(path);
    db.exec("drop index worker_events_of_pools; pragma user_version = 1");
    db.close();

    const examined = await examineStore({ path, withinMs, integrity: true });

    expect(examined).toMatchObject({
      ...{ version: 1, knownVersion: migrations.length, journalMode: "wal" },
      ...{ writing: "possible", damage: [] },
    });
    expect(examined.pages * examined.pageSize).toBeGreaterThan(40_000);
    expect((await examineStore({ path, withinMs, integrity: false })).version).toBe(1);
  });

  it("tells that a writer does not get its turn", async () => {
    const { path } = await begin();
    await firstLineOf(program("lock-holder", [path]));

    const examined = await examineStore({ path, withinMs: 50, integrity: false });

    expect(examined.writing).toBe("locked");
    expect(examined).not.toHaveProperty("damage");
  });
});

it("statistics count rows and bytes of each table, with its indexes", async () => {
  const { stage, path } = await begin();
  await fill(stage, 200);

  const { tables, oldestTaskAt } = await readStatistics({ path, withinMs });

  const tasks = tables.find(({ name }) => name === "tasks");
  expect(tasks?.rows).toBe(200);
  expect(tasks?.bytes).toBeGreaterThan(200 * 100);
  expect(tables[0]?.name).toBe("tasks");
  expect(oldestTaskAt).toBe(stage.now);
});

async function begin() {
  const site: SqliteSite = await openSqliteSite({ synchronous: "off" });
  onTestFinished(() => site.close());
  const { path, folder } = site;
  return { stage: new Stage(site), path, folder, target: join(dirname(path), "copy.db") };
}

async function fill(stage: Stage, count: number): Promise<void> {
  const tasks = numbered(count, () => stage.newTask({ payload: "x".repeat(100) }));
  await stage.store.submit({ tasks, now: stage.now });
}

function countRows(path: string): number {
  expect(existsSync(path)).toBe(true);
  const db = openBeside(path);
  const row = db.prepare("select count(*) as count from tasks").get();
  db.close();
  return Number(row?.count);
}
