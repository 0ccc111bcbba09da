import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check } from "../../src/diagnosis/check.ts";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import { ClxSite, type RunOptions } from "../support/clx.ts";
import { openBeside } from "../support/open-beside.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { firstLineOf, program } from "../support/store-programs.ts";

forbidProcessLeaks();

describe("clx doctor", () => {
  it("finds all well in an empty project, and leaves nothing there", async () => {
    const site = new ClxSite();

    const { code, stdout } = await site.run(["doctor"]);

    expect(stdout).toMatch(/There is no database .*clx_jobs\.db yet; the first task makes it\./);
    expect({ code, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      last: "All is well.",
    });
    expect(existsSync(dirname(site.databasePath))).toBe(false);
  });

  it("looks at everything once there are tasks", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--wait", "--", "true");

    const { code, checks } = await diagnose(site);

    const names = checks.map(({ name }) => name);
    expect(code).toBe(0);
    expect(names).toEqual(
      expect.arrayContaining([
        ...["node", "file_watching", "clock", "configuration", "database_file", "database_lock"],
        ...["database_integrity", "folder_rights", "workers", "memory", "memory_for_command"],
        "disk_database",
      ]),
    );
    expect(checks.every(({ level, fix }) => level === "ok" && fix === null)).toBe(true);
  });

  it("says which notebooks of a course can be run here, and what to install", async () => {
    const site = new ClxSite();
    const course = join(site.folder, "course.yaml");
    const topic = join(site.folder, "slides", "module_1", "topic_100_lists");
    mkdirSync(topic, { recursive: true });
    writeFileSync(course, "name: x\nprog-lang: python\nsections: [{ name: x, topics: [lists] }]\n");
    writeFileSync(join(topic, "slides_lists.py"), "# %%\n1\n");
    writeFileSync(join(topic, "slides_more.rs"), "// %%\n1\n");

    for (const words of [[], [course]]) {
      const { code, stdout } = await site.run(["doctor", "--json", ...words]);

      const { checks } = JSON.parse(stdout) as { checks: Check[] };
      const kernels = checks.filter(({ name }) => name.startsWith("kernel"));
      expect(kernels.map(({ name, level }) => [name, level])).toEqual([
        ["kernel_python", "ok"],
        ["kernel_rust", "warning"],
      ]);
      expect(kernels[1]?.fix).toContain("evcxr_jupyter");
      expect(code).toBe(1);
    }
  });

  it("names the process that keeps the database locked", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    const holder = program("lock-holder", [site.databasePath]);
    expect(await firstLineOf(holder)).toBe("locked");

    const { code, checks } = await diagnose(site);

    expect(code).toBe(2);
    expect(found(checks, "database_lock")).toMatchObject({
      level: "problem",
      message: expect.stringMatching(new RegExp(`locked for 3s by process ${holder.pid} \\(node`)),
      fix: expect.stringContaining(`kill ${holder.pid}`),
    });
  });

  it("names it too when not even reading is possible", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    useRollbackJournal(site.databasePath);
    const holder = program("lock-holder", [site.databasePath, "exclusive"]);
    expect(await firstLineOf(holder)).toBe("locked");

    const { code, checks } = await diagnose(site);

    expect(code).toBe(2);
    expect(found(checks, "database_lock")?.message).toContain(`by process ${holder.pid}`);
  });

  it("tells owner and mode of a database that may not be written", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    const options = asReader(site);

    const { code, checks } = await diagnose(site, options);

    expect(code).toBe(2);
    expect(found(checks, "database_rights")).toMatchObject({
      level: "problem",
      message: expect.stringMatching(/may not be written by us \(mode 444, /),
      fix: expect.stringContaining("chmod u+rw"),
    });
    expect(found(checks, "folder_rights")).toMatchObject({ level: "problem" });
  });

  it.each([
    ["a text file", (path: string) => writeFileSync(path, "no database\n".repeat(99)), /no SQLite/],
    ["another program's database", foreign, /SQLite database of another program/],
    ["a newer version", newer, /has version 99/],
    ["a damaged database", damaged, /damaged/],
  ])("says what is wrong with %s", async (_, make, message) => {
    const site = new ClxSite();
    mkdirSync(dirname(site.databasePath), { recursive: true });
    await make(site.databasePath, site);

    const { code, checks } = await diagnose(site);

    const problems = checks.filter(({ level }) => level === "problem");
    expect(code).toBe(2);
    expect(problems).toMatchObject([
      { area: "database", message: expect.stringMatching(message), fix: expect.any(String) },
    ]);
  });

  it("warns about a folder that everybody may write in", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--wait", "--", "true");
    chmodSync(dirname(site.databasePath), 0o777);

    const { code, stdout } = await site.run(["doctor"]);

    expect(code).toBe(1);
    expect(stdout).toMatch(/ {2}warning Every user of this machine may write in .*\n +→ chmod o-w/);
    expect(stdout.trimEnd()).toMatch(/1 warning$/);
  });

  it("runs in spite of a wrong configuration, and says what is wrong with it", async () => {
    const site = new ClxSite();
    writeConfig(site, "[workers]\nauto_strat = false\n");

    const { code, checks } = await diagnose(site);

    expect(code).toBe(2);
    expect(found(checks, "configuration")).toMatchObject({
      level: "problem",
      message: expect.stringMatching(/config\.toml:2:1: .*auto_start/),
    });
  });

  it("misses the programs and modules of configured worker types", async () => {
    const site = new ClxSite();
    writeConfig(
      site,
      `[workers.thumb]\ncommand = ["no-such-program"]\n[workers.sim]\nhandler = "./none.js"\nexpected_memory = "1m"\n[workers.here]\ncommand = ["true"]\n`,
    );

    const { code, checks } = await diagnose(site);

    expect(code).toBe(2);
    expect(found(checks, "worker_type_thumb")).toMatchObject({
      level: "problem",
      message: expect.stringContaining("no-such-program"),
    });
    expect(found(checks, "worker_type_sim")?.message).toContain("none.js");
    expect(found(checks, "worker_type_here")).toMatchObject({ level: "ok" });
  });

  it("looks for a PlantUML JAR, Java and draw.io where they are configured", async () => {
    const site = new ClxSite();
    writeConfig(site, "[workers.plantuml]\ncount = 1\n[workers.drawio]\ncount = 1\n");
    const jar = join(site.folder, "plantuml.jar");
    writeFileSync(jar, "");

    const none = await diagnose(site);
    const noJar = await diagnose(site, { env: { PLANTUML_JAR: "/none.jar" } });
    const noJava = await diagnose(site, { env: { PLANTUML_JAR: jar, PATH: site.folder } });
    const noDrawIo = await diagnose(site, { env: { DRAWIO_EXECUTABLE: "/none/drawio" } });

    expect(found(none.checks, "plantuml")).toMatchObject({ level: "ok" });
    expect(found(noJar.checks, "plantuml")?.message).toContain("/none.jar, and there is no such");
    expect(found(noJava.checks, "java")?.message).toContain("no program java in PATH");
    expect(found(noDrawIo.checks, "drawio")).toMatchObject({
      level: "problem",
      message: expect.stringContaining("/none/drawio"),
    });
  });

  it("says that no Docker daemon answers, or that we may not ask it", async () => {
    const site = new ClxSite();
    writeConfig(site, `[workers.command]\nexecution_mode = "docker"\nimage = "some/image:1"\n`);
    const socket = join(site.folder, "docker.sock");
    const host = { env: { DOCKER_HOST: `unix://${socket}` } };

    const missing = await diagnose(site, host);
    const server = await playDocker(socket);
    const answering = await diagnose(site, host);
    chmodSync(site.folder, 0o755);
    chmodSync(socket, 0o600);
    const forbidden =
      process.getuid?.() === 0 ? await diagnose(site, { ...host, uid: 65_534 }) : undefined;
    server.close();

    expect(found(missing.checks, "docker")).toMatchObject({
      level: "problem",
      message: expect.stringContaining(`there is no ${socket}`),
      fix: expect.stringContaining("start it"),
    });
    expect(found(answering.checks, "docker")).toMatchObject({ level: "ok" });
    expect(found(answering.checks, "image_some/image:1")).toMatchObject({
      level: "warning",
      fix: expect.stringContaining("docker pull some/image:1"),
    });
    if (forbidden) expect(found(forbidden.checks, "docker")?.fix).toContain("usermod -aG docker");
  });

  it("does not look for Docker where no worker type wants it", async () => {
    const site = new ClxSite();

    const { checks } = await diagnose(site, { env: { DOCKER_HOST: "unix:///none" } });

    expect(found(checks, "docker")).toBeUndefined();
  });

  it("tells of tasks that nobody takes, and of workers whose process is gone", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    const store = await site.openStore();
    const { pid, ...identity } = ownIdentity();
    await PlayedWorker.start(store, {
      id: "direct-command-0-00000000",
      process: { ...identity, pid, startedAt: "1" },
    });

    const { code, checks } = await diagnose(site);

    expect(code).toBe(2);
    expect(found(checks, "no_workers")).toMatchObject({ level: "problem" });
    expect(found(checks, "workers_lost")).toMatchObject({
      level: "warning",
      message: expect.stringContaining("direct-command-0-00000000"),
      fix: expect.stringContaining("clx workers cleanup"),
    });
  });

  it("tells that the services of the state file do not run any more", async () => {
    const site = new ClxSite();
    mkdirSync(join(site.folder, ".clx"));
    const statePath = join(site.folder, ".clx", "worker-state.json");
    const { pid, host } = ownIdentity();
    const state = {
      ...{ format: 1, clx_version: "0", started_at: "2026-01-01T00:00:00.000Z", log_path: "x" },
      supervisor: { pid, started: "1", host },
      database: { path: site.databasePath, file: "" },
      pools: [],
    };
    writeFileSync(statePath, JSON.stringify(state));
    const stale = await diagnose(site);
    writeFileSync(statePath, "rubbish");
    const rubbish = await diagnose(site);

    expect(stale.code).toBe(1);
    expect(found(stale.checks, "services")?.message).toMatch(/was killed or has crashed/);
    expect(found(rubbish.checks, "services")?.fix).toContain("rm ");
  });
});

type ShownCheck = Omit<Check, "fix"> & { readonly fix: string | null };

async function diagnose(site: ClxSite, options: RunOptions = {}) {
  const { code, stdout, stderr } = await site.run(["doctor", "--json"], options);
  if (stdout === "") throw new Error(stderr);
  const { checks } = JSON.parse(stdout) as { checks: readonly ShownCheck[] };
  return { code, checks };
}

function found(checks: readonly ShownCheck[], name: string): ShownCheck | undefined {
  return checks.find((check) => check.name === name);
}

/** Somebody who may read the database and not write it: the administrator may do all. */
function asReader(site: ClxSite): RunOptions {
  const folder = dirname(site.databasePath);
  onTestFinished(() => chmodSync(folder, 0o755));
  chmodSync(site.folder, 0o755);
  chmodSync(site.databasePath, 0o444);
  chmodSync(folder, 0o555);
  return process.getuid?.() === 0 ? { uid: 65_534 } : {};
}

function writeConfig(site: ClxSite, toml: string): void {
  mkdirSync(join(site.folder, ".clx"), { recursive: true });
  writeFileSync(join(site.folder, ".clx", "config.toml"), toml);
}

async function playDocker(socket: string): Promise<Server> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/_ping" ? 200 : 404;
    response.end("OK");
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return server;
}

function useRollbackJournal(path: string): void {
  const db = openBeside(path);
  db.exec("pragma journal_mode = delete");
  db.close();
}

function foreign(path: string): void {
  const db = openBeside(path);
  db.exec("create table recipes (name text)");
  db.close();
}

function newer(path: string): void {
  const db = openBeside(path);
  db.exec("create table tasks (id); pragma application_id = 0x434c5831; pragma user_version = 99");
  db.close();
}

/** Spoils its last page. */
async function damaged(path: string, site: ClxSite): Promise<void> {
  await site.ok("submit", "command", "--", "true");
  const file = openSync(path, "r+");
  const pageSize = 4_096;
  writeSync(file, Buffer.alloc(pageSize, 0xff), 0, pageSize, fstatSync(file).size - pageSize);
  closeSync(file);
}
