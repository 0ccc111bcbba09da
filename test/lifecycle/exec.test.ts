import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { GatedProgram } from "../support/gated-program.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { stillThere, tasksOf } from "../support/runs.ts";

forbidProcessLeaks();

it("runs a program with a worker of its own, and ends with its exit code", async () => {
  const site = new ClxSite();

  const outcome = await site.run(["exec", "--", "sh", "-c", "echo out; echo err >&2; exit 7"]);

  expect(outcome).toMatchObject({ code: 7, stdout: "out\n" });
  expect(outcome.stderr).toMatch(/^starting 1 command worker \(direct\)\nerr\ntask \S+ failed/);
  expect(await tasksOf(site)).toMatchObject([{ state: "failed", attempt: 1 }]);
  expect(await stillThere(site)).toEqual({ workers: [], sessions: [] });
});

it("prints the result that a task gives, on stdout", async () => {
  const site = new ClxSite();
  const line = `echo working; echo '{"result":{"answer":42}}' >&3`;

  const outcome = await site.run(["exec", "--", "sh", "-c", line]);

  expect(outcome).toMatchObject({ code: 0, stdout: 'working\n{"answer":42}\n' });
});

it("shows what a program writes as it comes", async () => {
  const site = new ClxSite();
  const program = new GatedProgram(site.folder);
  const run = site.start(["exec", "--", ...program.argv]);

  await run.says(/running\n/);
  program.release();

  expect(await run.end).toMatchObject({ code: 0, stdout: "running\nreleased\n" });
});

it("runs tasks of several types by pools of their own, and fails when one fails", async () => {
  const site = new ClxSite();
  makeDoubler(site);
  const tasks = [
    { type: "double", payload: { width: 21 } },
    { type: "command", payload: { argv: ["false"] } },
    { type: "double", payload: { width: 4 } },
  ];
  writeFileSync(join(site.folder, "tasks.json"), JSON.stringify(tasks));

  const outcome = await site.run(["exec", "--bulk", "@tasks.json", "--double-workers", "2"]);

  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toContain("starting 2 double workers (direct)\n");
  expect(outcome.stderr).toContain("starting 1 command worker (direct)\n");
  expect(outcome.stderr).toMatch(/3 tasks in \S+: 2 completed, 1 failed\n$/);
  const results = (await tasksOf(site)).map(({ result }) => result);
  expect(results).toEqual(expect.arrayContaining([42, 8]));
});

it("checks all payloads of programs before it submits any, and says which is wrong", async () => {
  const site = new ClxSite();
  const mixed = [
    { type: "command", payload: { argv: ["true"] } },
    { type: "command", payload: { argv: "not a list" } },
  ];
  writeFileSync(join(site.folder, "mixed.json"), JSON.stringify(mixed));

  const wrong = await site.run(["exec", "@mixed.json", "--bulk"]);
  const nothing = await site.run(["exec", "command"]);
  const stray = await site.run(["exec", "resize", "{}", "--cwd", "."]);

  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/^clx: payload 2 of 2: .*argv/);
  expect(wrong.stderr).not.toContain("starting");
  expect(nothing.stderr).toContain("write: clx exec command -- PROG");
  expect(stray.stderr).toContain('--cwd is for "clx exec command -- PROG');
});

it("says that a handler has ended its worker's process, and with which code", async () => {
  const site = new ClxSite();
  writeFileSync(
    join(site.folder, "exits.mjs"),
    "export default { type: 'exits', handle() { process.exit(7); } };",
  );
  site.writeConfig('[workers.exits]\nhandler = "./exits.mjs"\n');

  const { code, stderr } = await site.run(["exec", "exits", "{}", "--attempts", "1"]);

  expect(code).toBe(7);
  expect(stderr).toMatch(/was ended with code 7 by the code of its handler/);
});

it("says where the module of a handler has its mistake", async () => {
  const site = new ClxSite();
  const throws = join(site.folder, "throws.mjs");
  const isWrong = join(site.folder, "is-wrong.mjs");
  writeFileSync(throws, "const settings = undefined;\n\nsettings.size;\nexport default {};\n");
  writeFileSync(isWrong, "export default {\n  type: 'wrong',\n  handle( { }\n};\n");
  site.writeConfig(
    '[workers.throws]\nhandler = "./throws.mjs"\n[workers.wrong]\nhandler = "./is-wrong.mjs"\n',
  );

  const thrown = await site.run(["exec", "throws", "{}"]);
  const wrong = await site.run(["exec", "wrong", "{}"]);

  expect(thrown.stderr).toContain(`${throws}:3`);
  expect(wrong.stderr).toContain(`${isWrong}:4`);
});

it("starts no more workers than it has tasks, unless their number is named", async () => {
  const site = new ClxSite();

  const few = await site.run(["exec", "--", "true"], {
    env: { CLX_WORKERS__COMMAND__COUNT: "3" },
  });
  const named = await site.run(["exec", "--command-workers", "2", "--", "true"]);

  expect(few.stderr).toContain("starting 1 command worker ");
  expect(named.stderr).toContain("starting 2 command workers ");
});

it("tells a program everything as JSON, a line for each event", async () => {
  const site = new ClxSite();

  const { stdout, code } = await site.run(["exec", "--format", "json", "--", "echo", "hello"]);

  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const kinds = [...new Set(events.map(({ event }) => event))];
  expect(code).toBe(0);
  expect(kinds).toEqual(
    expect.arrayContaining(["submitted", "worker", "task_started", "log", "progress"]),
  );
  expect(events.find(({ event }) => event === "log")).toMatchObject({ line: "hello" });
  expect(events.find(({ event }) => event === "progress")).toMatchObject({
    total: 1,
    types: [{ type: "command", workers: { busy: 0 }, queued: 1 }],
  });
  const starting = events.find(({ type }) => type === "worker_starting");
  expect(starting).toMatchObject({
    worker_type: "command",
    mode: "direct",
    worker_id: expect.stringMatching(/^direct-command-0-/),
    data: { configSource: "default" },
  });
  const stopped = events.find(({ type }) => type === "worker_stopped");
  expect(stopped).toMatchObject({
    data: { reason: expect.any(String), tasksCompleted: 1, uptimeMs: expect.any(Number) },
  });
  expect(events.at(-1)).toMatchObject({ event: "summary", completed: 1, exit_code: 0 });
});

it("says with --verbose where workers come from, and what they did", async () => {
  const site = new ClxSite();

  const { stderr } = await site.run(["exec", "--verbose", "--", "true"]);

  expect(stderr).toMatch(
    /worker_starting direct-command-0-\w+: .* \(command, direct, configuration: default\)/,
  );
  expect(stderr).toMatch(/worker_stopped direct-command-0-\w+: .* \(1 task processed, up \S+\)/);
});

it("tries to start its workers as often as configured, then says why it cannot", async () => {
  const site = new ClxSite();
  makeBroken(site);
  const open = "open() { throw new Error('the licence is missing'); }";
  writeFileSync(
    join(site.folder, "broken.mjs"),
    `export default { type: "broken", ${open}, handle() {} };`,
  );

  const { code, stderr } = await site.run(["exec", "broken", "1"], {
    env: { CLX_WORKERS__STARTUP_RETRIES: "2" },
  });

  expect(code).toBe(3);
  expect(stderr.match(/worker_restart_scheduled/g)).toHaveLength(2);
  expect(stderr).toMatch(
    /clx: the broken workers cannot be kept running: .*the licence is missing/,
  );
  expect(await tasksOf(site)).toMatchObject([{ state: "cancelled" }]);
  expect(await stillThere(site)).toEqual({ workers: [], sessions: [] });
});

it("does not try again to start workers whose handler cannot be loaded", async () => {
  const site = new ClxSite();
  makeBroken(site);

  const { code, stderr } = await site.run(["exec", "broken", "1"]);

  expect(code).toBe(3);
  expect(stderr).not.toContain("worker_restart_scheduled");
  expect(stderr).toMatch(
    /clx: the broken workers cannot be kept running: .*the licence is missing/,
  );
});

it.each([
  [
    ["--no-auto-start", "--", "true"],
    3,
    'none is started (--no-auto-start); "clx start-services --types command" starts',
  ],
  [["--command-workers", "0", "--", "true"], 3, "their count is 0"],
  [["nosuch", "1"], 2, 'there is no worker type "nosuch"'],
  [["--"], 2, 'no program follows the "--"'],
  [[], 2, "nothing to do; write: clx exec -- PROG ARG…"],
  [["[1]", "--bulk"], 2, "--bulk without a TYPE needs a JSON array such as"],
])("refuses exec %j with exit code %i, says why, and submits nothing", async (args, code, why) => {
  const site = new ClxSite();

  const outcome = await site.run(["exec", ...args]);

  expect(outcome).toMatchObject({ code, stdout: "" });
  expect(outcome.stderr).toContain(why);
  const listed = await site.run(["tasks", "list", "--json"]);
  if (listed.code === 0) expect(JSON.parse(listed.stdout)).toMatchObject({ tasks: [] });
});

it("says what to do where no Docker daemon answers, before anything is started", async () => {
  const site = new ClxSite();

  const outcome = await site.run(["exec", "--workers=docker", "--", "true"], {
    env: { CLX_WORKERS__COMMAND__IMAGE: "some/image", DOCKER_HOST: "unix:///no/such.sock" },
  });

  expect(outcome.code).toBe(3);
  expect(outcome.stderr).toMatch(
    /^clx: the Docker daemon cannot be reached: .*--workers=direct.* docker_unavailable\)\n$/,
  );
});

function makeDoubler(site: ClxSite): void {
  const program = `
    const { width } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    require("node:fs").writeSync(3, JSON.stringify({ result: 2 * width }) + "\\n");`;
  writeFileSync(join(site.folder, "double.cjs"), program);
  site.writeConfig(`[workers.double]\ncommand = ["${process.execPath}", "./double.cjs"]`);
}

function makeBroken(site: ClxSite): void {
  writeFileSync(join(site.folder, "broken.mjs"), "throw new Error('the licence is missing');");
  site.writeConfig('[workers.broken]\nhandler = "./broken.mjs"');
}

it("goes past what admission refuses when it is told to", async () => {
  const site = new ClxSite();
  site.writeConfig('[workers.command]\nexpected_memory = "900g"\n');

  const refused = site.start(["exec", "--", "true"]);
  await refused.says(/or use --force/);
  refused.kill("SIGINT");
  const forced = await site.run(["exec", "--force", "--", "true"]);

  expect((await refused.end).code).toBe(130);
  expect(forced.code).toBe(0);
});
