import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite, type RunningClx } from "../support/clx.ts";
import { submitGated } from "../support/gated-task.ts";
import { openBeside } from "../support/open-beside.ts";
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

it("kills a program that does not listen when it is told twice", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site);
  const script = 'trap "" TERM; echo up; while :; do sleep 0.1; done';
  const id = await site.ok("submit", "command", "--", "sh", "-c", script);
  await until(async () => (await site.run(["tasks", "logs", id])).stdout.includes("up"));

  supervisor.kill("SIGINT");
  await supervisor.says(/SIGINT: stopping 1 worker/);
  supervisor.kill("SIGINT");

  await supervisor.says(/SIGINT: killing the workers now; their tasks are given back/);
  expect(await supervisor.end).toMatchObject({ code: 0 });
  expect(await site.json("tasks", "show", id)).toMatchObject({
    state: "pending",
    attempts: [{ outcome: "released" }],
  });
});

it("ends although a stranger holds the lock of its store, and says what is not recorded", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site);
  const [worker] = (await workersOf(site)).workers;
  const stranger = openBeside(site.databasePath);
  stranger.exec("begin immediate");

  supervisor.kill("SIGINT");
  await supervisor.says(/SIGINT: stopping/);
  supervisor.kill("SIGINT");

  const { code, stderr } = await supervisor.end;
  stranger.exec("rollback");
  stranger.close();
  expect(code).toBe(3);
  expect(stderr).toContain(`the end of ${worker?.id} could not be recorded`);
  expect(identify(Number(worker?.pid))).toBeUndefined();
  await site.ok("workers", "cleanup");
  expect((await workersOf(site)).workers).toEqual([]);
});

it("ends its workers when the database is deleted, and exits with 3", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site);
  const [worker] = (await workersOf(site)).workers;

  rmSync(site.databasePath);

  const { code, stderr } = await supervisor.end;
  expect(code).toBe(3);
  expect(stderr).toContain("is gone: ending the workers");
  expect(stderr).toContain("has been deleted, moved or replaced");
  expect(identify(Number(worker?.pid))).toBeUndefined();
});

it("says that a pool shrinks, and does not wait with --until-empty for a pool of none", async () => {
  const site = new ClxSite();
  const gated = await submitGated(site);
  const supervisor = await startSupervisor(site, ["--until-empty"]);
  await gated.running();
  await site.ok("submit", "command", "--", "true");
  const [worker] = (await workersOf(site)).workers;

  await site.ok("workers", "drain", String(worker?.id));
  gated.release();

  const { code, stdout, stderr } = await supervisor.end;
  expect(stdout).toContain(`pool command now wants 0 workers: ${worker?.id} was drained by hand`);
  expect(stderr).toContain("pool command wants no workers any more, and 1 of its tasks are open");
  expect(code).toBe(1);
});

it("lets a task say that its pool wants no workers any more", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site);
  const [worker] = (await workersOf(site)).workers;

  await site.ok("workers", "drain", String(worker?.id));
  await supervisor.says(/pool command now wants 0 workers/);
  const id = await site.ok("submit", "command", "--", "true");

  expect((await site.run(["tasks", "show", id])).stdout).toContain(
    `pool command of process ${supervisor.pid} wants none any more`,
  );
  await stopped(supervisor);
});

it("does not print what other supervisors say of themselves", async () => {
  const site = new ClxSite();
  const supervisor = await startSupervisor(site);

  await site.ok("supervise", "--type", "other", "--handler", writeHandler(site), "--until-empty");
  await site.ok("submit", "command", "--", "true");

  await supervisor.says(/task_completed/);
  expect(supervisor.stdout.match(/supervisor_started/g)).toHaveLength(1);
  expect(supervisor.stdout).not.toContain("pool other");
  await stopped(supervisor);
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
    ...["supervise", "--type", "x", "--handler", "broken.mjs", "--restarts", "5"],
  ]);

  expect(code).toBe(3);
  expect(stderr).toContain("no pool can keep its workers: ");
  expect(stderr.match(/the licence is missing/g)).toHaveLength(1);
  expect((await workersOf(site)).workers).toHaveLength(1);
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
    env: { CLX_WORKERS__COMMAND__IMAGE: "busybox", DOCKER_HOST: "unix:///no/such.sock" },
  });

  expect(outcome).toMatchObject({
    code: 3,
    stderr:
      "clx: the Docker daemon cannot be reached: there is no /no/such.sock; install Docker or start it (sudo systemctl start docker, or Docker Desktop), set DOCKER_HOST if it is elsewhere, or run the workers direct (--workers=direct) (clx explain docker_unavailable)\n",
  });
});

function writeHandler(site: ClxSite): string {
  writeFileSync(join(site.folder, "other.mjs"), "export default { type: 'other', handle() {} };");
  return "other.mjs";
}

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
