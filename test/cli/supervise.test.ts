import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite, type RunningClx } from "../support/clx.ts";
import { submitGated } from "../support/gated-task.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("does all there is to do with --until-empty, and exits with 0", async () => {
  const site = new ClxSite();
  const payloads = [1, 2, 3].map((code) => ({ argv: ["sh", "-c", `echo ${code}`] }));
  await site.ok("submit", "command", JSON.stringify(payloads), "--bulk");

  const { code, stdout } = await site.run(["supervise", "--type", "command", "--until-empty"]);

  expect(code).toBe(0);
  expect(stdout.match(/^\d\d:\d\d:\d\d task_completed /gm)).toHaveLength(3);
  expect(stdout).toMatch(
    /worker_stopped direct-command-0-[0-9a-f]{8}: .*\n(.*\n)*.* supervisor_stopped\n$/,
  );
  expect(await site.json("workers", "list")).toMatchObject({
    workers: [{ state: "dead", jobs_processed: 3, mode: "direct", pool: "command" }],
  });
});

it("exits with 1 from --until-empty when a task failed", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "false");

  const { code } = await site.run(["supervise", "--type", "command", "--until-empty"]);

  expect(code).toBe(1);
});

it("prints every event as a line of JSON when asked to", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "true");

  const { stdout } = await site.run(["supervise", "--type=command", "--until-empty", "--json"]);

  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const types = events.map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining(["worker_starting", "task_started", "pool_stopped"]),
  );
  const cursors = events.map(({ cursor }) => cursor);
  expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
});

it("replaces a worker that was killed, and its task runs again", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site);
  const { id, running, release } = await submitGated(site);
  await running();
  const [victim] = (await workersOf(site)).workers;

  process.kill(Number(victim?.pid), "SIGKILL");
  await until(async () => (await site.json("tasks", "show", id)).attempt === 2);
  release();

  expect((await site.run(["tasks", "wait", id])).code).toBe(0);
  const { workers } = await workersOf(site);
  expect(workers).toMatchObject([
    { id: victim?.id, state: "failed", ending: { signal: "SIGKILL" } },
    { state: expect.stringMatching(/idle|busy/) },
  ]);
  await stopped(supervisor);
});

it("leaves nothing behind when it is told to stop, and gives the running task back", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site, ["--count", "2"]);
  const { id, running } = await submitGated(site);
  const pid = await running();
  const pids = (await workersOf(site)).workers.map((worker) => Number(worker.pid));

  supervisor.kill("SIGTERM");
  await supervisor.says(/SIGTERM: stopping 2 workers; once more gives their tasks back now/);
  supervisor.kill("SIGTERM");

  expect(await supervisor.end).toMatchObject({ code: 0 });
  for (const each of [pid, ...pids]) expect(identify(each)).toBeUndefined();
  expect(await site.json("tasks", "show", id)).toMatchObject({
    state: "pending",
    attempts: [{ outcome: "released" }],
  });
});

it("stops when nobody reads what it prints any more", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site);
  const [worker] = (await workersOf(site)).workers;
  supervisor.closeOutput();

  await site.ok("submit", "command", "--", "true");

  expect(await supervisor.end).toMatchObject({ code: 0 });
  expect(identify(Number(worker?.pid))).toBeUndefined();
});

it("leaves persistent workers to the next supervisor", async () => {
  const site = new ClxSite();
  const first = await startSupervisor(site, ["--persistent"]);
  const { id, running, release } = await submitGated(site);
  await running();
  await stopped(first);
  const [before] = (await workersOf(site)).workers;

  const second = await startSupervisor(site, ["--persistent"], /worker_adopted/);
  release();
  const waited = await site.run(["tasks", "wait", id]);

  expect(waited.code).toBe(0);
  expect((await workersOf(site)).workers).toMatchObject([{ id: before?.id, pid: before?.pid }]);
  expect(await site.json("tasks", "show", id)).toMatchObject({ attempt: 1 });
  await stopped(second);
  await site.ok("workers", "cleanup", "--all", "--force");
});

it("gives up, with the reason, when its workers cannot start", async () => {
  const site = new ClxSite();
  writeFileSync(join(site.folder, "broken.mjs"), "throw new Error('the licence is missing');");

  const { code, stderr } = await site.run([
    ...["supervise", "--type", "x", "--handler", "broken.mjs", "--restarts", "1"],
  ]);

  expect(code).toBe(3);
  expect(stderr).toContain("no pool can keep its workers: ");
  expect(stderr).toContain("the licence is missing");
});

it.each([
  [[], "say which tasks they do: --type command"],
  [["--type", "comand"], "did you mean command?"],
  [["--type", "command", "--count", "0"], "the count of command workers is 0 (--count)"],
  [["--type", "command", "--count", "x"], '--count is "x", but must be a whole number'],
  [["--type", "command", "--count", "2", "--worker-count", "3"], "at once; keep one of them"],
  [["--type", "no.name"], '--type is "no.name", which is no name'],
  [["--type", "a", "--type", "b", "--handler", "x.mjs"], "--handler is the module of one type"],
  [
    ["--type", "command", "--mode", "dirct"],
    '--mode is "dirct", but must be "direct", "docker", "inline" or "auto"; did you mean "direct"?',
  ],
])("refuses supervise %j and says why", async (args, message) => {
  const site = new ClxSite();

  const { code, stderr } = await site.run(["supervise", ...args]);

  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

it("says that Docker is not available", async () => {
  const site = new ClxSite();

  const outcome = await site.run(["supervise", "--type", "command", "--mode", "docker"], {
    env: { CLX_WORKERS__COMMAND__IMAGE: "busybox" },
  });

  expect(outcome).toMatchObject({
    code: 3,
    stderr:
      "clx: the command workers shall run in Docker (--mode), which this version cannot do; use --workers=direct\n",
  });
});

interface Workers {
  readonly workers: readonly Record<string, unknown>[];
}

function workersOf(site: ClxSite): Promise<Workers> {
  return site.json<Workers>("workers", "list");
}

async function startSupervisor(
  site: ClxSite,
  args: readonly string[] = [],
  ready = /pool_started/,
): Promise<RunningClx> {
  const supervisor = site.start(["supervise", "--type", "command", "--force", ...args]);
  await supervisor.says(ready);
  return supervisor;
}

async function stopped(supervisor: RunningClx): Promise<void> {
  supervisor.kill("SIGINT");
  expect(await supervisor.end).toMatchObject({ code: 0 });
}
