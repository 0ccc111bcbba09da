import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { startServices } from "../support/services.ts";
import { firstLineOf, program } from "../support/store-programs.ts";

forbidProcessLeaks();

describe("clx delete-database", () => {
  it("removes the database and what belongs to it, and with --all the logs and checkpoints", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--wait", "--", "true");
    const folder = dirname(site.databasePath);
    writeFileSync(join(folder, "config.toml"), "");
    writeFileSync(join(folder, "logs", "notes.txt"), "mine");

    const said = await site.ok("delete-database", "--yes");
    const afterwards = readdirSync(folder).toSorted();
    await site.ok("submit", "command", "--wait", "--", "true");
    await site.ok("delete-database", "--yes", "--all");

    expect(said).toMatch(/^deleted .*clx_jobs\.db \([\d.]+ KiB\)$/m);
    expect(said).toMatch(/with it went 0 open and 1 ended tasks$/);
    expect(afterwards).toEqual([".gitignore", "checkpoints", "config.toml", "logs"]);
    expect(readdirSync(folder).toSorted()).toEqual([".gitignore", "config.toml", "logs"]);
    expect(readdirSync(join(folder, "logs"))).toEqual(["notes.txt"]);
  });

  it("deletes nothing with --dry-run, and says the same", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");

    const dry = await site.json<Deleted>("delete-database", "--dry-run");
    const real = await site.json<Deleted>("delete-database", "--yes");

    const paths = ({ deleted }: Deleted) => deleted.map(({ path }) => path);
    expect(dry).toMatchObject({ dry_run: true, tasks: { open: 1, ended: 0 } });
    expect(paths(dry)).toContain(site.databasePath);
    expect(paths(real)).toEqual(
      expect.arrayContaining(paths(dry).filter((path) => !/-(wal|shm)$/.test(path))),
    );
    expect(existsSync(site.databasePath)).toBe(false);
  });

  it("does not ask where nobody can answer, and names --yes", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");

    const { code, stderr } = await site.run(["delete-database"]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/1 open and 0 ended tasks: add --yes to confirm/);
    expect(existsSync(site.databasePath)).toBe(true);
  });

  it("refuses while services run, and says which workers", async () => {
    const site = new ClxSite();
    const { workers } = await startServices(site, "--types", "command");

    const refused = await site.run(["delete-database", "--yes"]);
    await site.ok("stop-services");
    const done = await site.run(["delete-database", "--yes"]);

    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(`worker ${workers[0]?.id} runs (process `);
    expect(refused.stderr).toContain("clx stop-services");
    expect(done.code).toBe(0);
  });

  it("refuses while any program has it open", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    const stranger = program("lock-holder", [site.databasePath, "deferred"]);
    await firstLineOf(stranger);

    const { code, stdout } = await site.run(["delete-database", "--yes", "--json"]);

    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "store_in_use", message: expect.stringContaining(`process ${stranger.pid}`) },
    });
    expect(existsSync(site.databasePath)).toBe(true);
  });

  it("leaves alone what is no database of ours", async () => {
    const site = new ClxSite();
    const path = join(site.folder, "thesis.txt");
    writeFileSync(path, "years of work\n".repeat(200));

    const { code, stderr } = await site.run(["delete-database", "--yes", "--db-path", path]);

    expect(code).toBe(3);
    expect(stderr).toContain("is not a store of ours");
    expect(existsSync(path)).toBe(true);
  });

  it("has nothing to do where there is no database", async () => {
    const site = new ClxSite();

    expect(await site.ok("delete-database", "--yes")).toMatch(/nothing to delete$/);
  });
});

describe("clx db", () => {
  it("stats tells sizes, tasks by state, and rows by table", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--wait", "--", "true");
    await site.ok("submit", "thumbnail", "1");

    const words = await site.ok("db", "stats");
    const json = await site.json("db", "stats");

    expect(words).toMatch(/^tasks: 1 pending, 1 completed$/m);
    expect(words).toMatch(/^tasks +2 +[\d.]+ KiB$/m);
    expect(json).toMatchObject({
      path: expect.stringContaining("clx_jobs.db"),
      journal_mode: "wal",
      tasks: { pending: 1, completed: 1 },
      tables: expect.arrayContaining([expect.objectContaining({ name: "tasks", rows: 2 })]),
    });
  });

  it("prune is clx prune by another name", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--wait", "--", "true");

    const dry = await site.ok("db", "prune", "--tasks-older", "0s", "--dry-run");
    const same = await site.ok("prune", "--tasks-older", "0s", "--dry-run");
    const done = await site.ok("db", "prune", "--tasks-older", "0s");
    const help = await site.ok("db", "prune", "--help");

    expect(dry).toBe(same);
    expect(done).toMatch(/^removed 1 task/);
    expect(help).toMatch(/usage: clx db prune/);
    expect(help).toContain("clx db prune --tasks-older 7d");
  });

  it("vacuum shrinks the file while workers go on", async () => {
    const site = new ClxSite();
    const supervisor = site.start(["supervise", "--type", "command"]);
    await supervisor.says(/pool_started/);
    const payloads = Array.from({ length: 300 }, () => ({ note: "x".repeat(4_000) }));
    writeFileSync(join(site.folder, "many.json"), JSON.stringify(payloads));
    const ids = (await site.ok("submit", "thumbnail", "@many.json", "--bulk")).split("\n");
    await site.ok("tasks", "cancel", ...ids);
    await site.ok("db", "prune", "--tasks-older", "0s", "--events-older", "0s");

    const { bytes_before: before, bytes_after: after } = await site.json<Vacuumed>("db", "vacuum");
    const task = await site.run(["submit", "command", "--wait", "--", "true"]);
    supervisor.kill("SIGTERM");
    await supervisor.end;

    expect(after).toBeLessThan(before / 2);
    expect(task.code).toBe(0);
  });

  it("backup copies and verifies, and replaces a file only with --force", async () => {
    const site = new ClxSite();
    const id = await site.ok("submit", "thumbnail", '{"path":"a.png"}');

    const first = await site.ok("db", "backup", "copy.db");
    const second = await site.run(["db", "backup", "copy.db"]);
    const third = await site.json("db", "backup", "copy.db", "--force");
    const own = await site.run(["db", "backup", site.databasePath, "--force"]);
    const nowhere = await site.run(["db", "backup", "none/copy.db"]);

    expect(first).toMatch(/copy\.db: [\d.]+ KiB, 1 task, verified$/);
    expect(second).toMatchObject({ code: 5, stderr: expect.stringContaining("--force") });
    expect(third).toMatchObject({ tasks: 1, bytes: statSync(join(site.folder, "copy.db")).size });
    expect(own).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("belongs to the database"),
    });
    expect(nowhere.code).toBe(2);
    const task = await site.json("tasks", "show", id, "--db-path", "copy.db");
    expect(task).toMatchObject({ id, state: "pending" });
  });

  it.each([["stats"], ["vacuum"], ["backup", "copy.db"]])(
    "%s says that there is no database",
    async (...words) => {
      const site = new ClxSite();

      const { code, stderr } = await site.run(["db", ...words]);

      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringContaining("there is no database"),
      });
      expect(existsSync(dirname(site.databasePath))).toBe(false);
    },
  );

  it("refuses a text file and a folder before it touches them", async () => {
    const site = new ClxSite();
    const text = join(site.folder, "text.db");
    writeFileSync(text, "no database\n".repeat(99));
    mkdirSync(join(site.folder, "folder.db"));

    for (const path of [text, join(site.folder, "folder.db")]) {
      for (const words of [["stats"], ["vacuum"], ["backup", "copy.db"]]) {
        const { code, stderr } = await site.run(["db", ...words, "--db-path", path]);
        expect({ code, stderr }).toEqual({
          code: 3,
          stderr: expect.stringContaining("not a store of ours"),
        });
      }
    }
    expect(existsSync(join(site.folder, "copy.db"))).toBe(false);
  });
});

interface Deleted {
  readonly deleted: readonly { readonly path: string; readonly bytes: number }[];
}

interface Vacuumed {
  readonly bytes_before: number;
  readonly bytes_after: number;
}
