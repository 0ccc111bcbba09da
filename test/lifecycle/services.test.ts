import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { GatedProgram } from "../support/gated-program.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { type ShownServices, startServices, workersOf } from "../support/services.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("starts workers that stay, and stops them from another shell", async () => {
  const site = new ClxSite();

  const started = await startServices(site);
  const [worker] = await workersOf(site);
  const state = JSON.parse(readFileSync(started.state_path, "utf8"));
  const stopped = await site.run(["stop-services"]);

  expect(started).toMatchObject({ status: "started", workers: [{ type: "command" }] });
  expect(worker).toMatchObject({ state: "idle", parent_pid: started.pid });
  expect(state).toMatchObject({
    supervisor: { pid: started.pid },
    database: { path: site.databasePath },
    pools: [{ type: "command", count: 1, mode: "direct" }],
  });
  expect(stopped).toMatchObject({
    code: 0,
    stdout: `stopped 1 worker and process ${started.pid}, which kept them\n`,
  });
  for (const pid of [started.pid, worker?.pid ?? 0]) expect(identify(pid)).toBeUndefined();
  expect(existsSync(started.state_path)).toBe(false);
  expect(await workersOf(site)).toEqual([]);
});

it("keeps its state file and its log to the user alone", async () => {
  const site = new ClxSite();

  const { state_path, log_path } = await startServices(site);

  for (const path of [state_path, log_path]) expect(statSync(path).mode & 0o777).toBe(0o600);
});

it("returns as soon as the workers are registered", async () => {
  const site = new ClxSite();
  onTestFinished(async () => void (await site.run(["stop-services", "--force"])));
  writeFileSync(
    join(site.folder, "slow.mjs"),
    "await new Promise((resolve) => setTimeout(resolve, 4_000)); export default { type: 'slow' };",
  );
  site.writeConfig('[workers.slow]\nhandler = "./slow.mjs"');
  const before = performance.now();

  const { workers } = await site.json<ShownServices>("start-services", "--types", "slow");

  expect(performance.now() - before).toBeLessThan(4_000);
  const store = await site.openStore();
  expect(await store.findWorker(workers[0]?.id ?? "")).toBeDefined();
});

it("starts nothing the second time, and says what would be different", async () => {
  const site = new ClxSite();
  const first = await startServices(site);

  const second = await site.json<ShownServices>("start-services", "--command-workers", "2");
  const told = await site.run(["start-services", "--command-workers", "2"]);

  expect(second).toMatchObject({ status: "already_running", pid: first.pid });
  expect(second.workers.map(({ id }) => id)).toEqual(first.workers.map(({ id }) => id));
  expect(second.changes).toEqual(["command: count 1 → 2"]);
  expect(told.stderr).toContain('it is applied by "clx stop-services && clx start-services"');
});

it("starts one supervisor only when two shells start at once", async () => {
  const site = new ClxSite();
  onTestFinished(async () => void (await site.run(["stop-services", "--force"])));
  await site.run(["tasks", "list"]);

  const both = await Promise.all([1, 2].map(() => site.json<ShownServices>("start-services")));

  const statuses = both.map(({ status }) => status).toSorted();
  expect(statuses).toEqual(["already_running", "started"]);
  await until(async () => (await workersOf(site)).some(({ state }) => state === "idle"));
  expect(await workersOf(site)).toHaveLength(1);
  expect(new Set(both.map(({ pid }) => pid)).size).toBe(1);
});

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
  const second = await site.json<ShownServices>("start-services", "--wait");
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

it("says that nothing runs, and that this is no failure", async () => {
  const site = new ClxSite();
  await startServices(site);
  await site.ok("stop-services");

  const again = await site.run(["stop-services"]);
  const never = await new ClxSite().run(["stop-services"]);

  for (const outcome of [again, never]) {
    expect(outcome).toMatchObject({ code: 0, stdout: "no services run\n" });
  }
});

it("lets running tasks end before it stops their workers", async () => {
  const site = new ClxSite();
  await startServices(site);
  const program = new GatedProgram(site.folder);
  const id = await site.ok("submit", "command", "--", ...program.argv);
  await program.running();
  const stopping = site.start(["stop-services", "--timeout", "60"]);

  await stopping.says(/waiting up to 1m for tasks of direct-command-0-/);
  program.release();

  expect(await stopping.end).toMatchObject({ code: 0 });
  expect(await site.json("tasks", "show", id)).toMatchObject({ state: "completed" });
});

it.each(["--force", "--timeout=0.5"])(
  "gives running tasks back to the queue with %s",
  async (option) => {
    const site = new ClxSite();
    await startServices(site);
    const program = new GatedProgram(site.folder);
    const id = await site.ok("submit", "command", "--", ...program.argv);
    const pid = await program.running();

    const { code, stderr } = await site.run(["stop-services", option]);

    expect(code).toBe(0);
    expect(stderr).toContain("1 task stays in the queue");
    expect(identify(pid)).toBeUndefined();
    expect(await site.json("tasks", "show", id)).toMatchObject({
      state: "pending",
      attempts: [{ outcome: "released" }],
    });
  },
);

it("does not wait any longer after Ctrl-C, and kills what does not listen", async () => {
  const site = new ClxSite();
  await startServices(site);
  const program = new GatedProgram(site.folder, { isStubborn: true });
  await site.ok("submit", "command", "--", ...program.argv);
  const pid = await program.running();
  const stopping = site.start(["stop-services", "--timeout", "1h"]);
  await stopping.says(/waiting up to 1h/);

  stopping.kill("SIGINT");

  expect(await stopping.end).toMatchObject({ code: 0 });
  expect(identify(pid)).toBeUndefined();
  expect(await workersOf(site)).toEqual([]);
});

it("stops its workers itself when somebody ends the supervisor by SIGTERM", async () => {
  const site = new ClxSite();
  const { pid, state_path } = await startServices(site);
  const [worker] = await workersOf(site);

  process.kill(pid, "SIGTERM");

  await until(() => identify(pid) === undefined);
  expect(identify(worker?.pid ?? 0)).toBeUndefined();
  expect(existsSync(state_path)).toBe(false);
});

it("serves a database elsewhere, and is stopped by its path from any folder", async () => {
  const [site, elsewhere] = [new ClxSite(), new ClxSite()];
  const path = join(site.folder, "elsewhere.db");
  onTestFinished(
    async () => void (await site.run(["stop-services", "--force", "--db-path", path])),
  );
  const { pid } = await site.json<ShownServices>("start-services", "--db-path", path);

  const again = await elsewhere.run(["start-services", "--db-path", path]);
  const { code, stdout } = await elsewhere.run(["stop-services", "--db-path", path]);

  expect(again.stdout).toContain(`services run already: process ${pid}`);
  expect(code).toBe(0);
  expect(stdout).toContain(`and process ${pid}, which kept them`);
  expect(existsSync(join(site.folder, ".clx", "worker-state.json"))).toBe(false);
});

it("knows by its state file which database it was started with", async () => {
  const site = new ClxSite();
  const path = join(site.folder, "elsewhere.db");
  const { pid } = await site.json<ShownServices>("start-services", "--db-path", path);

  const other = await site.run(["start-services"]);
  const { stdout } = await site.run(["stop-services"]);

  expect(other).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(`with another database: ${path}`),
  });
  expect(stdout).toContain(`and process ${pid}, which kept them`);
});

it("does not disturb the services of another project", async () => {
  const [one, other] = [new ClxSite(), new ClxSite()];
  const [first, second] = [await startServices(one), await startServices(other)];

  await one.ok("stop-services");

  expect(identify(first.pid)).toBeUndefined();
  expect(identify(second.pid)).toBeDefined();
  expect(await workersOf(other)).toMatchObject([{ state: "idle", parent_pid: second.pid }]);
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

  const start = await site.run(["start-services"]);
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

  rmSync(join(site.folder, ".clx"), { recursive: true });

  await until(() => identify(pid) === undefined, { what: "the end of the supervisor" });
  expect(identify(worker?.pid ?? 0)).toBeUndefined();
});

it("is stopped where its project was moved to", async () => {
  const site = new ClxSite();
  const home = join(site.folder, "project");
  const moved = join(site.folder, "moved");
  mkdirSync(join(home, ".clx"), { recursive: true });
  const run = (cwd: string, ...args: string[]) => site.run(args, { cwd });
  const started = JSON.parse((await run(home, "start-services", "--json")).stdout);
  renameSync(home, moved);

  const start = await run(moved, "start-services");
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

it("leaves out what is configured and not in this version", async () => {
  const site = new ClxSite();
  site.writeConfig("[workers.notebook]\ncount = 2");

  const { workers } = await startServices(site);

  expect(workers).toMatchObject([{ type: "command" }]);
});

it("writes into its log as much as its level says", async () => {
  const site = new ClxSite();
  const { log_path } = await startServices(site, "--log-level", "warn");
  const [victim] = await workersOf(site);

  await site.ok("submit", "command", "--wait", "--", "true");
  process.kill(victim?.pid ?? 0, "SIGKILL");

  const log = () => readFileSync(log_path, "utf8");
  await until(() => log().includes("worker_restart_scheduled"));
  expect(log()).toMatch(
    /^\S+ (error worker_failed|warn {2}worker_restart_scheduled) direct-command-0-/,
  );
  expect(log()).not.toMatch(/worker_ready|task_started/);
});

it.each([
  [["--types", "nosuch"], 2, 'there is no worker type "nosuch"'],
  [["--types", ","], 2, '--types is ","'],
  [["--types", "command", "--command-workers", "0"], 2, "the count of command workers is 0"],
  [["--log-format", "xml"], 2, '--log-format is "xml"'],
  [["--log-level", "loud"], 2, '--log-level is "loud"'],
])("refuses start-services %j with exit code %i and says why", async (args, code, message) => {
  const site = new ClxSite();

  const outcome = await site.run(["start-services", ...args]);

  expect(outcome.stderr).toContain(message);
  expect(outcome.code).toBe(code);
});

it("writes its log as JSON when asked to", async () => {
  const site = new ClxSite();

  const { log_path } = await startServices(site, "--log-format", "json");

  await until(() => readFileSync(log_path, "utf8").includes("worker_ready"));
  const lines = readFileSync(log_path, "utf8").trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as { type?: string });
  expect(events.find(({ type }) => type === "worker_starting")).toMatchObject({
    worker_type: "command",
    mode: "direct",
    data: { configSource: "default" },
  });
});

/** As if all that is in the database were from before the machine was last started. */
async function backdateBoot(site: ClxSite): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(site.databasePath);
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
