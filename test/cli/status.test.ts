import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { submitGated } from "../support/gated-task.ts";
import { openBeside } from "../support/open-beside.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { startServices } from "../support/services.ts";
import { firstLineOf, program } from "../support/store-programs.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

describe("clx status", () => {
  it("is friendly where nothing was ever submitted", async () => {
    const site = new ClxSite();

    const { code, stdout } = await site.run(["status"]);
    const json = await site.json("status");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^nothing has been submitted here yet.*\n.*clx submit command --wait/);
    expect(json).toMatchObject({ health: "well", findings: [], database: { exists: false } });
  });

  it("shows workers, queues, rates, progress, failures and why tasks wait", async () => {
    const site = new ClxSite();
    const supervisor = site.start(["supervise", "--type", "command"]);
    await site.ok("submit", "command", "--wait", "--", "true");
    await site.run(["submit", "command", "--wait", "--", "false"]);
    const gated = await submitGated(site);
    await gated.running();
    const next = await site.ok("submit", "command", "--", "true");
    const blocked = await site.ok("submit", "command", "--after", gated.id, "--", "true");

    const { code, stdout } = await site.run(["status"]);
    const json = await site.json<Status>("status");
    gated.release();
    supervisor.kill("SIGTERM");
    await supervisor.end;

    expect(code).toBe(0);
    expect(stdout).toMatch(/^well: 1 live worker, 1 running, 2 waiting\n/);
    expect(stdout).toMatch(/^command +1 busy +1 +1 +\d+s +1 +1 +1 +1 +[\d.]+m?s$/m);
    expect(stdout).toContain(`${gated.id}`);
    expect(stdout).toContain(`${next} The worker for it is busy; it is the next in line.`);
    expect(stdout).toContain(`${blocked} It waits for task ${gated.id} to end.`);
    expect(stdout).toMatch(/Failed in the last hour\n1 command: exit_code/);
    expect(json).toMatchObject({
      health: "well",
      running_count: 1,
      waiting_count: 2,
      failures: [{ kind: "exit_code", type: "command", count: 1 }],
      supervisors: [{ pid: supervisor.pid, alive: true, workers: 1 }],
      pools: [{ name: "command", wanted: 1, live: 1, trouble: null }],
    });
    expect(json.types[0]).toMatchObject({
      workers: { busy: 1, idle: 0 },
      ...{ pending: 1, blocked: 1, running: 1 },
      last_hour: { completed: 1, failed: 1 },
      average_ms: expect.any(Number),
    });
  });

  it("exits with 2 and says what to start when tasks wait for nobody", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");

    const { code, stdout } = await site.run(["status"]);

    expect(code).toBe(2);
    expect(stdout).toMatch(/^down: /);
    expect(stdout).toMatch(
      /What needs you\n! 1 command task waits .*\n {2}"clx start-services --types command"/,
    );
  });

  it("exits with 1 when some tasks wait for nobody while others go on", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    const worker = await PlayedWorker.start(await site.openStore());
    await worker.claim();
    await site.ok("submit", "thumbnail", "{}");

    const { code, stdout } = await site.run(["status"]);

    expect({ code, first: stdout.split(":")[0] }).toEqual({ code: 1, first: "degraded" });
    expect(stdout).toContain("1 thumbnail task waits in queue default");
  });

  it("exits with 1 when a worker was killed and nobody has noticed", async () => {
    const site = new ClxSite();
    const task = await site.ok("submit", "command", "--", "true");
    const worker = site.start(["worker", "--type", "command"]);
    await site.ok("tasks", "wait", task);
    const [{ id }] = (await site.json<Workers>("workers", "list")).workers;
    worker.kill("SIGKILL");
    await worker.end;
    expect(identify(worker.pid)).toBeUndefined();

    const { code, stdout } = await site.run(["status"]);

    expect(code).toBe(1);
    expect(stdout).toContain(`! ${id} has lost its process`);
    expect(stdout).toContain('"clx workers cleanup"');
  });

  it("exits with 2 and tells the limit when a supervisor may start no worker", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    const folder = dirname(site.databasePath);
    writeFileSync(join(folder, "config.toml"), '[workers.command]\nexpected_memory = "9000g"\n');
    const supervisor = site.start(["supervise", "--type", "command"]);
    await supervisor.says(/admission_refused/);

    const { code, stdout } = await site.run(["status"]);
    const doctor = await site.run(["doctor"]);
    supervisor.kill("SIGTERM");
    await supervisor.end;

    expect(code).toBe(2);
    expect(stdout).toMatch(/! Pool command has 0 of 1 workers: .*expected to need 9000.0 GiB/);
    expect(stdout).toContain('or start them with "clx supervise --force"');
    expect(stdout).toContain(`Process ${supervisor.pid} keeps a pool of them`);
    expect(doctor.code).toBe(2);
    expect(doctor.stdout).toMatch(/problem There is room for 0 of 1 command workers/);
  });

  it("exits with 1 when the supervisor of services was killed", async () => {
    const site = new ClxSite();
    const { pid, workers } = await startServices(site, "--types", "command");
    const before = await site.run(["status"]);
    process.kill(pid, "SIGKILL");
    await until(() => identify(pid) === undefined);

    const after = await site.run(["status"]);
    const doctor = await site.run(["doctor"]);

    expect(before).toMatchObject({ code: 0 });
    expect(before.stdout).toContain(`services: process ${pid} runs, 1 worker`);
    expect(after.code).toBe(1);
    expect(after.stdout).toMatch(new RegExp(`! Process ${pid}, the supervisor .* is gone`));
    expect(doctor.stdout).toMatch(/warning The services do not run: .* was killed or has crashed/);
    expect(workers).toHaveLength(1);
  });

  it.each([
    ["a text file", (path: string) => writeFileSync(path, "not a database\n".repeat(100))],
    ["a database of another program", foreignDatabase],
    ["a database of a newer version", newerDatabase],
    ["a folder", (path: string) => mkdirSync(path)],
  ])("exits with 2 for %s, in words and in JSON", async (_, make) => {
    const site = new ClxSite();
    mkdirSync(dirname(site.databasePath), { recursive: true });
    make(site.databasePath);

    const words = await site.run(["status"]);
    const json = await site.run(["status", "--json"]);

    expect(words).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^down: .*\n.*clx doctor/),
    });
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      health: "down",
      findings: [{ level: "down", code: expect.stringMatching(/^store_/) }],
    });
  });

  it("says within seconds that the database is locked", async () => {
    const site = new ClxSite();
    await site.ok("submit", "command", "--", "true");
    useRollbackJournal(site.databasePath);
    const holder = program("lock-holder", [site.databasePath, "exclusive"]);
    expect(await firstLineOf(holder)).toBe("locked");

    const { code, stdout } = await site.run(["status"]);

    expect(code).toBe(2);
    expect(stdout).toMatch(/stayed locked by another process for [5-9](\.\d)?s/);
    expect(stdout).toContain(`held by process ${holder.pid}`);
  });

  it("is down when a database that somebody named is not there", async () => {
    const site = new ClxSite();

    const { code, stdout } = await site.run(["status", "--db-path", "other.db"]);

    expect(code).toBe(2);
    expect(stdout).toMatch(/there is no database at .*other\.db \(from --db-path\)/);
  });
});

it("has a word in the documentation about every key", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "true");
  await PlayedWorker.start(await site.openStore());
  const docs = readFileSync(new URL("../../docs/json-output.md", import.meta.url), "utf8");

  const status = await site.json<Status>("status");

  const keys = [status, ...status.types].flatMap((object) => Object.keys(object));
  expect(keys.filter((key) => !docs.includes(`\`${key}\``))).toEqual([]);
});

interface Status {
  readonly types: readonly Record<string, unknown>[];
}

interface Workers {
  readonly workers: readonly [{ readonly id: string }];
}

function foreignDatabase(path: string): void {
  const db = openBeside(path);
  db.exec("create table recipes (name text)");
  db.close();
}

function newerDatabase(path: string): void {
  const db = openBeside(path);
  db.exec("create table tasks (id); pragma application_id = 0x434c5831; pragma user_version = 99");
  db.close();
}

function useRollbackJournal(path: string): void {
  const db = openBeside(path);
  db.exec("pragma journal_mode = delete");
  db.close();
}
