import { existsSync, readFileSync, writeFileSync } from "node:fs";
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

it("returns as soon as the workers are registered", async () => {
  const site = new ClxSite();
  onTestFinished(async () => void (await site.run(["stop-services", "--force"])));
  writeFileSync(
    join(site.folder, "slow.mjs"),
    "await new Promise(() => setInterval(() => {}, 1_000)); export default { type: 'slow' };",
  );
  site.writeConfig('[workers.slow]\nhandler = "./slow.mjs"');

  const { workers } = await site.json<ShownServices>("start-services", "--types", "slow");

  const store = await site.openStore();
  expect(await store.findWorker(workers[0]?.id ?? "")).toMatchObject({ state: "created" });
});

it("has workers for agents only where one can be used, or where they are asked for", async () => {
  const site = new ClxSite();
  onTestFinished(async () => void (await site.run(["stop-services", "--force"])));
  const converters = ["command", "drawio", "notebook", "plantuml"];
  const none = converters.map((type) => `[workers.${type}]\ncount = 0\n`).join("");
  const [sdk, program] = ['sdk_folder = "nowhere"', 'runner = "command"\ncommand = ["true"]'];

  site.writeConfig(`${none}[agents.claude]\n${sdk}`);
  const refused = await site.run(["start-services"]);
  site.writeConfig(`${none}[agents.claude]\n${sdk}\n[agents.own]\n${program}`);
  const { workers } = await site.json<ShownServices>("start-services");

  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("no worker type has a count above 0");
  expect(refused.stderr).toContain("no agent can be used: the package");
  expect(workers).toMatchObject([{ type: "agent" }]);
});

it("starts nothing the second time, and says what would be different", async () => {
  const site = new ClxSite();
  const first = await startServices(site);

  const wish = ["start-services", "--types", "command", "--command-workers", "2"];
  const second = await site.json<ShownServices>(...wish);
  const told = await site.run(wish);

  expect(second).toMatchObject({ status: "already_running", pid: first.pid });
  expect(second.workers.map(({ id }) => id)).toEqual(first.workers.map(({ id }) => id));
  expect(second.changes).toEqual(["command: count 1 → 2"]);
  expect(told.stderr).toContain('it is applied by "clx stop-services && clx start-services"');
});

it("starts workers that the machine has no room for with --force alone", async () => {
  const site = new ClxSite();
  site.writeConfig('[workers.command]\nexpected_memory = "900g"');

  const refused = await site.run(["start-services", "--wait", "--types", "command"]);
  await site.ok("stop-services");
  const forced = await startServices(site, "--force");

  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('or start them with "clx start-services --force"');
  expect(forced).toMatchObject({ workers: [{ type: "command" }], troubles: [] });
});

it("starts one supervisor only when two shells start at once", async () => {
  const site = new ClxSite();
  onTestFinished(async () => void (await site.run(["stop-services", "--force"])));
  await site.run(["tasks", "list"]);

  const start = () => site.json<ShownServices>("start-services", "--types", "command");
  const both = await Promise.all([start(), start()]);

  const statuses = both.map(({ status }) => status).toSorted();
  expect(statuses).toEqual(["already_running", "started"]);
  await until(async () => (await workersOf(site)).some(({ state }) => state === "idle"));
  expect(await workersOf(site)).toHaveLength(1);
  expect(new Set(both.map(({ pid }) => pid)).size).toBe(1);
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
  const { pid } = await site.json<ShownServices>(
    "start-services",
    "--types",
    "command",
    "--db-path",
    path,
  );

  const again = await elsewhere.run(["start-services", "--types", "command", "--db-path", path]);
  const { code, stdout } = await elsewhere.run(["stop-services", "--db-path", path]);

  expect(again.stdout).toContain(`services run already: process ${pid}`);
  expect(code).toBe(0);
  expect(stdout).toContain(`and process ${pid}, which kept them`);
  expect(existsSync(join(site.folder, ".clx", "worker-state.json"))).toBe(false);
});

it("does not disturb the services of another project", async () => {
  const [one, other] = [new ClxSite(), new ClxSite()];
  const [first, second] = [await startServices(one), await startServices(other)];

  await one.ok("stop-services");

  expect(identify(first.pid)).toBeUndefined();
  expect(identify(second.pid)).toBeDefined();
  expect(await workersOf(other)).toMatchObject([{ state: "idle", parent_pid: second.pid }]);
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
