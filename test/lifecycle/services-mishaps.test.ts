import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { GatedProgram } from "../support/gated-program.ts";
import { openBeside } from "../support/open-beside.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ShownServices, startServices, workersOf } from "../support/services.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("replaces a worker that dies", async () => {
  const site = new ClxSite();
  const { log_path } = await startServices(site);
  const [victim] = await workersOf(site);

  process.kill(victim?.pid ?? 0, "SIGKILL");

  await until(async () =>
    (await workersOf(site)).some(({ id, state }) => id !== victim?.id && state === "idle"),
  );
  await until(() =>
    /worker_failed .* \(0 tasks processed, up /.test(readFileSync(log_path, "utf8")),
  );
});

it("outlives its supervisor: a long task finishes untouched, and the workers are taken over", async () => {
  const site = new ClxSite();
  const first = await startServices(site);
  const program = new GatedProgram(site.folder);
  const id = await site.ok("submit", "command", "--", ...program.argv);
  await program.running();

  process.kill(first.pid, "SIGKILL");
  await until(() => identify(first.pid) === undefined);
  const second = await startServices(site);
  program.release();
  await site.ok("tasks", "wait", id);

  expect(second.notes).toEqual([
    `the supervisor of the services, process ${first.pid}, was killed or has crashed`,
  ]);
  expect(second.workers).toMatchObject([{ id: first.workers[0]?.id, adopted: true }]);
  expect(await site.json("tasks", "show", id)).toMatchObject({ state: "completed", attempt: 1 });
  expect(await workersOf(site)).toMatchObject([{ parent_pid: second.pid, jobs_processed: 1 }]);
});

it("stops the workers of a supervisor that was killed", async () => {
  const site = new ClxSite();
  const { pid, state_path } = await startServices(site);
  const [worker] = await workersOf(site);
  process.kill(pid, "SIGKILL");
  await until(() => identify(pid) === undefined);

  const { code, stdout, stderr } = await site.run(["stop-services"]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: "stopped 1 worker\n" });
  expect(stderr).toContain(`process ${pid}, was killed or has crashed`);
  expect(identify(worker?.pid ?? 0)).toBeUndefined();
  expect(existsSync(state_path)).toBe(false);
  expect(await workersOf(site)).toEqual([]);
});

it("knows by its state file which database it was started with", async () => {
  const site = new ClxSite();
  const path = join(site.folder, "elsewhere.db");
  const { pid } = await site.json<ShownServices>(
    "start-services",
    "--types",
    "command",
    "--db-path",
    path,
  );

  const other = await site.run(["start-services", "--types", "command"]);
  const { stdout } = await site.run(["stop-services"]);

  expect(other).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(`with another database: ${path}`),
  });
  expect(stdout).toContain(`and process ${pid}, which kept them`);
});

it("says that the machine has been restarted, and starts anew", async () => {
  const site = new ClxSite();
  const before = await startServices(site);
  const state = JSON.parse(readFileSync(before.state_path, "utf8"));
  await site.ok("stop-services");
  const [name, , ...rest] = state.supervisor.host.split("/");
  state.supervisor.host = [name, "00000000-0000-0000-0000-000000000000", ...rest].join("/");
  writeFileSync(before.state_path, JSON.stringify(state));

  const after = await startServices(site);

  expect(after.status).toBe("started");
  expect(after.notes).toEqual([
    `the machine has been restarted since the services were started (process ${before.pid})`,
  ]);
});

it("lets tasks of before a restart run again at once", async () => {
  const site = new ClxSite();
  const before = await startServices(site);
  const program = new GatedProgram(site.folder);
  const id = await site.ok("submit", "command", "--", ...program.argv);
  await program.running();
  const [worker] = await workersOf(site);
  for (const pid of [before.pid, worker?.pid ?? 0, await program.running()]) {
    process.kill(pid, "SIGKILL");
  }
  await backdateBoot(site);
  program.release();

  const after = await startServices(site);
  await site.ok("tasks", "wait", id);

  expect(after.notes).toContain(
    "workers of before the restart that are ended now, and whose tasks run again: 1",
  );
  expect(await site.json("tasks", "show", id)).toMatchObject({ attempt: 2, state: "completed" });
});

it("says that its database was deleted, and ends with what it still does", async () => {
  const site = new ClxSite();
  const { pid, log_path } = await startServices(site);
  const [worker] = await workersOf(site);
  for (const end of ["", "-wal", "-shm"]) rmSync(`${site.databasePath}${end}`, { force: true });

  const start = await site.run(["start-services", "--types", "command"]);
  const stop = await site.run(["stop-services"]);

  if (start.code !== 0) {
    expect(start).toMatchObject({ code: 5 });
    expect(start.stderr).toContain("with a database that has been deleted, replaced or moved away");
  }
  expect(stop.code).toBe(0);
  expect(identify(pid)).toBeUndefined();
  expect(identify(worker?.pid ?? 0)).toBeUndefined();
  expect(readFileSync(log_path, "utf8")).toMatch(/has been deleted or moved away|told to stop/);
});

it("is missed by clx status when it was killed and its database is gone", async () => {
  const site = new ClxSite();
  const { pid } = await startServices(site);
  const workers = await workersOf(site);
  for (const doomed of [pid, ...workers.map((worker) => worker.pid)]) {
    process.kill(doomed, "SIGKILL");
    await until(() => identify(doomed) === undefined);
  }
  for (const end of ["", "-wal", "-shm"]) rmSync(`${site.databasePath}${end}`, { force: true });

  const { code, stdout } = await site.run(["status"]);
  await site.ok("stop-services");

  expect(code).toBe(2);
  expect(stdout).toContain("down: the database of the services has been deleted or moved away");
  expect((await site.run(["status"])).code).toBe(0);
});

it("ends by itself when its database is deleted", async () => {
  const site = new ClxSite();
  const { pid } = await startServices(site);
  const [worker] = await workersOf(site);

  rmSync(join(site.folder, ".clx"), { recursive: true, maxRetries: 5 });

  await until(() => identify(pid) === undefined, { what: "the end of the supervisor" });
  expect(identify(worker?.pid ?? 0)).toBeUndefined();
});

it("is stopped where its project was moved to", async () => {
  const site = new ClxSite();
  const home = join(site.folder, "project");
  const moved = join(site.folder, "moved");
  mkdirSync(join(home, ".clx"), { recursive: true });
  const run = (cwd: string, ...args: string[]) => site.run(args, { cwd });
  const started = JSON.parse(
    (await run(home, "start-services", "--types", "command", "--json")).stdout,
  );
  process.kill(started.pid, "SIGSTOP"); // else it may see that, and end, before anybody asks
  renameSync(home, moved);

  const start = await run(moved, "start-services", "--types", "command");
  process.kill(started.pid, "SIGCONT");
  const stop = await run(moved, "stop-services");

  expect(start).toMatchObject({ code: 5, stderr: expect.stringContaining("under its old path") });
  expect(stop.code).toBe(0);
  expect(stop.stderr).toContain(`the database was moved from ${join(home, ".clx")}`);
  expect(identify(started.pid)).toBeUndefined();
});

it("says why workers cannot be kept running, and exits with 1 when it waited for them", async () => {
  const site = new ClxSite();
  writeFileSync(join(site.folder, "broken.mjs"), "throw new Error('the licence is missing');");
  site.writeConfig('[workers]\nstartup_retries = 1\n[workers.broken]\nhandler = "./broken.mjs"');
  onTestFinished(async () => void (await site.run(["stop-services", "--force"])));

  const { code, stderr } = await site.run(["start-services", "--types", "broken", "--wait"]);

  expect(code).toBe(1);
  expect(stderr).toContain("the broken workers cannot be kept running: ");
  expect(stderr).toContain("the licence is missing");
});

/** As if all that is in the database were from before the machine was last started. */
async function backdateBoot(site: ClxSite): Promise<void> {
  const database = openBeside(site.databasePath);
  const earlier = "substr(%, 1, instr(%, '/')) || '00000000-0000-0000-0000-000000000000/x'";
  for (const [table, column] of [
    ["workers", "host"],
    ["workers", "parent_host"],
    ["sessions", "host"],
  ] as const) {
    database.exec(`update ${table} set ${column} = ${earlier.replaceAll("%", column)}`);
  }
  database.close();
}
