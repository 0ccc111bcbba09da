import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBeside } from "../../../test/support/open-beside.ts";
import { firstLineOf, linesOf, program } from "../../../test/support/store-programs.ts";
import { openSqliteSite, type SqliteSite } from "../../../test/support/store-site.ts";
import { defined, numbered, Stage } from "../conformance/stage.ts";
import type { TaskStore } from "../task-store.ts";
import { Bell } from "./bell.ts";
import { Connection } from "./connection.ts";
import { type OpenSqliteStoreParams, openSqliteStore } from "./open-sqlite-store.ts";
import { Patience } from "./patience.ts";
import { SqliteStore } from "./sqlite-store.ts";

describe("grouped commits", () => {
  it("put what is asked for at once into one transaction", async () => {
    const { stage, site } = await begin();
    const before = commitsIn(site.path);

    await Promise.all(numbered(100, () => stage.submit()));

    expect(commitsIn(site.path) - before).toBe(1);
  });

  it("put what is asked for one after the other into one transaction each", async () => {
    const { stage, site } = await begin();
    const before = commitsIn(site.path);

    for (const _ of numbered(5, String)) await stage.submit();

    expect(commitsIn(site.path) - before).toBe(5);
  });

  it("are bounded", async () => {
    const { stage, site } = await begin();
    const before = commitsIn(site.path);

    await Promise.all(numbered(1_100, () => stage.submit()));

    expect(commitsIn(site.path) - before).toBe(3);
  });

  it("answer in the order of the calls", async () => {
    const { stage } = await begin();
    const order: number[] = [];

    await Promise.all(numbered(50, (index) => stage.submit().then(() => order.push(index))));

    expect(order).toEqual(numbered(50, (index) => index));
  });

  it("write nothing for a claim that finds nothing", async () => {
    const { stage, site } = await begin();
    const worker = await stage.worker();
    const before = commitsIn(site.path);

    await Promise.all(numbered(10, () => stage.claim(worker)));

    expect(commitsIn(site.path)).toBe(before);
  });

  it("keep what fits when the disk is full, and refuse the rest", async () => {
    const { site, stage } = await begin();
    const store = await storeOfPages(site, 120);
    const huge = stage.newTask({ payload: "x".repeat(2_000_000) });
    const small = stage.newTask();
    const submit = (task: typeof small) => store.submit({ tasks: [task], now: stage.now });

    const [first, second] = await Promise.allSettled([submit(huge), submit(small)]);

    expect(first).toMatchObject({ status: "rejected", reason: { code: "store_full" } });
    expect(second).toMatchObject({ status: "fulfilled" });
    expect(await stage.store.findTask(huge.id)).toBeUndefined();
    expect(await stage.task(small.id)).toMatchObject({ state: "pending" });
  });
});

describe("a lock that a stranger holds", () => {
  it("delays a write, but never the event loop", async () => {
    const { stage, site } = await begin();
    const stranger = await lockHolder(site.path, "immediate");

    let answered = false;
    const submitted = stage.submit().finally(() => {
      answered = true;
    });
    for (const _ of numbered(100, String)) await sleep(5);
    expect(answered).toBe(false);
    stranger.stdin?.end();

    expect(await stage.task((await submitted).id)).toMatchObject({ state: "pending" });
  });

  it("does not keep anybody from reading in WAL mode", async () => {
    const { stage, site } = await begin();
    const task = await stage.submit();
    const stranger = await lockHolder(site.path, "exclusive");

    expect(await stage.task(task.id)).toEqual(task);
    expect(await stage.claim("nobody")).toMatchObject({ standing: "gone" });
    stranger.stdin?.end();
  });

  it("delays a reader without WAL mode", async () => {
    const { stage, site } = await begin({ journalMode: "delete" });
    const task = await stage.submit();
    const stranger = await lockHolder(site.path, "exclusive");

    const found = stage.task(task.id);
    for (const _ of numbered(10, String)) await sleep(5);
    stranger.stdin?.end();

    expect(await found).toEqual(task);
  });

  it("is given up on after the time-out, with all there is to know", async () => {
    const { stage, site } = await begin({ busyTimeoutMs: 100 });
    const stranger = await lockHolder(site.path, "immediate");
    const task = stage.newTask();

    const submits = numbered(3, () => stage.store.submit({ tasks: [task], now: stage.now }));
    const outcomes = await Promise.allSettled(submits);

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "store_busy" } });
      const { message } = (outcome as PromiseRejectedResult).reason;
      expect(message).toMatch(/clx_jobs\.db.*locked by another process for \d+ms.*mode \d{3}/);
    }
    expect(await stage.store.findTask(task.id)).toBeUndefined();
    stranger.stdin?.end();
    await once(stranger, "close"); // whoever comes earlier is given little time here
    await stage.submit();
  });

  it("does not hurt a reader and a writer of one connection without WAL mode", async () => {
    const { stage, site } = await begin({ journalMode: "delete" });
    const task = await stage.submit();
    const stranger = await lockHolder(site.path, "deferred; select * from tasks");

    let answered = false;
    const cancelled = stage.store
      .cancel({ taskId: task.id, reason: "no", now: stage.now })
      .finally(() => {
        answered = true;
      });
    for (const _ of numbered(20, String)) await sleep(5);
    const seen = stage.task(task.id).then(({ state }) => ({ state, answered }));
    stranger.stdin?.end();

    await cancelled;
    expect(await seen).toEqual({ state: "cancelled", answered: true });
  });
});

describe("a process that is killed", () => {
  it("has kept all that it was told is kept, and nothing by half", async () => {
    const { stage, site } = await begin();

    for (const acknowledgements of [1, 40, 150]) {
      const ids = await killedSubmitter(site.path, acknowledgements);
      expect(ids.length).toBeGreaterThanOrEqual(2 * acknowledgements);
      for (const id of ids) expect(await stage.store.findTask(id)).toMatchObject({ id });
    }

    const { items } = await stage.store.listTasks({ limit: 100_000 });
    const [firsts, seconds] = [0, 1].map((after) =>
      items.filter((task) => task.after.length === after),
    );
    const awaited = defined(seconds).flatMap(({ after }) => after);
    expect(awaited.toSorted()).toEqual(
      defined(firsts)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(integrityOf(site.path)).toEqual([{ integrity_check: "ok" }]);
  });

  it("has kept nothing of a transaction that it did not commit", async () => {
    const { stage, site } = await begin();
    const task = await stage.submit();
    const stranger = await lockHolder(site.path, "immediate; delete from tasks");

    stranger.kill("SIGKILL");
    await once(stranger, "close");

    expect(await stage.task(task.id)).toEqual(task);
    await stage.submit();
  });
});

async function begin(options: Omit<OpenSqliteStoreParams, "path"> = {}) {
  const site = await openSqliteSite(options);
  onTestFinished(() => site.close());
  return { site, stage: new Stage(site) };
}

/** Counts the commit marks in the write-ahead log, which nothing has checkpointed yet. */
function commitsIn(path: string): number {
  const log = readFileSync(`${path}-wal`);
  const pageSize = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let frame = 32; frame + 24 + pageSize <= log.length; frame += 24 + pageSize) {
    const isCurrent = log.subarray(frame + 8, frame + 16).equals(salt);
    if (isCurrent && log.readUInt32BE(frame + 4) !== 0) commits++;
  }
  return commits;
}

/** A store whose file cannot grow beyond a number of pages, as if the disk were full. */
async function storeOfPages({ path }: SqliteSite, pages: number): Promise<TaskStore> {
  const db = new Connection({ path });
  db.exec(`pragma max_page_count = ${pages}`);
  const store = new SqliteStore({
    db,
    bell: new Bell(`${path}-bell`),
    patience: new Patience(path, 1_000),
    abilities: (await abilitiesOf(path)).abilities,
  });
  onTestFinished(() => store.close());
  return store;
}

async function abilitiesOf(path: string): Promise<TaskStore> {
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  return store;
}

async function lockHolder(path: string, lock: string): Promise<ChildProcess> {
  const child = program("lock-holder", [path, lock]);
  await firstLineOf(child);
  return child;
}

/** Returns the ids that were acknowledged when it was killed. */
async function killedSubmitter(path: string, acknowledgements: number): Promise<string[]> {
  const child = program("submitter", [path]);
  const ids: string[] = [];
  for await (const line of linesOf(child)) {
    ids.push(...line.split(" "));
    if (ids.length === 2 * acknowledgements) child.kill("SIGKILL");
  }
  return ids;
}

function integrityOf(path: string): unknown[] {
  const file = openBeside(path);
  onTestFinished(() => file.close());
  return file.prepare("pragma integrity_check").all();
}
