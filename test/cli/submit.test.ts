import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";

it("prints the id of a task that is stored before it answers", async () => {
  const site = new ClxSite();

  const id = await site.ok("submit", "command", "--", "echo", "two words", "--wait");

  const store = await site.openStore();
  expect(await store.findTask(id)).toMatchObject({
    state: "pending",
    type: "command",
    queue: "default",
    payload: { argv: ["echo", "two words", "--wait"], cwd: site.folder },
    timeoutMs: 172_800_000,
    retry: { maxAttempts: 3, on: "infrastructure" },
  });
});

it("says that nobody knows the type of what was submitted, and what may have been meant", async () => {
  const site = new ClxSite();

  const typo = await site.run(["submit", "notebok", "{}"]);
  const known = await site.run(["submit", "command", "--", "true"]);

  expect(typo).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+\n$/) });
  expect(typo.stderr).toMatch(/^nobody takes notebok tasks so far; did you mean notebook\?/);
  expect(known.stderr).toBe("");
});

it("hands on every option", async () => {
  const site = new ClxSite();
  const before = Date.now();
  const first = await site.ok("submit", "command", "--", "true");
  mkdirSync(join(site.folder, "sub"));
  writeFileSync(join(site.folder, "in.txt"), "hello\n");

  const id = await site.ok(
    ...["submit", "command", "--priority", "-5", "--run-at", "+10m", "--timeout", "2h"],
    ...["--attempts", "7", "--memory", "1.5g", "--queue", "heavy", "--key", "k", "--after", first],
    ...["--on-dependency-failure", "run", "--cwd", "sub", "--env", "A=1", "--env", "B=x=y"],
    ...["--stdin", "in.txt", "--", "cat"],
  );

  const task = await (await site.openStore()).findTask(id);
  expect(task).toMatchObject({
    state: "blocked",
    priority: -5,
    timeoutMs: 7_200_000,
    retry: { maxAttempts: 7, on: "any" },
    expectedMemory: 1_610_612_736,
    queue: "heavy",
    key: "k",
    after: [first],
    onDependencyFailure: "run",
    payload: {
      argv: ["cat"],
      cwd: join(site.folder, "sub"),
      env: { A: "1", B: "x=y" },
      stdin: "hello\n",
    },
  });
  expect(task?.runAt).toBeGreaterThanOrEqual(before + 600_000);
});

it("refuses a time in seconds or milliseconds, and says how to write it", async () => {
  const site = new ClxSite();

  const times = ["1790000000", "1790000000000"];
  const answers = await Promise.all(
    times.map((time) => site.run(["submit", "command", "--run-at", time, "--", "true"])),
  );

  for (const { code, stderr } of answers) {
    expect(code).toBe(2);
    expect(stderr).toContain("write 2026-09-21T14:13:20.000Z or +10m");
  }
});

it("takes the payload from the command line, from a file, and from its input", async () => {
  const site = new ClxSite();
  writeFileSync(join(site.folder, "payload.json"), '{"from":"file"}');

  const inline = await site.ok("submit", "thumbnail", '{"from":"line"}');
  const file = await site.ok("submit", "thumbnail", "@payload.json");
  const piped = await site.run(["submit", "thumbnail", "-"], { input: '{"from":"pipe"}' });

  const store = await site.openStore();
  const payloads = [inline, file, piped.stdout.trim()].map(
    async (id) => (await store.findTask(id))?.payload,
  );
  expect(await Promise.all(payloads)).toEqual([
    { from: "line" },
    { from: "file" },
    { from: "pipe" },
  ]);
});

it("submits many at once, in their order", async () => {
  const site = new ClxSite();

  const ids = (await site.ok("submit", "resize", "[1,2,3]", "--bulk")).split("\n");

  const store = await site.openStore();
  const payloads = ids.map(async (id) => (await store.findTask(id))?.payload);
  expect(await Promise.all(payloads)).toEqual([1, 2, 3]);
});

it("gives back the first task when the same key is submitted again", async () => {
  const site = new ClxSite();
  const first = await site.ok("submit", "command", "--key", "nightly", "--", "true");

  const again = await site.run(["submit", "command", "--key", "nightly", "--", "true"]);

  expect(again).toMatchObject({ code: 0, stdout: `${first}\n` });
  expect(again.stderr).toContain("has this key already; nothing was added");
});

it("takes the start of an id for a task to wait for", async () => {
  const site = new ClxSite();
  const first = await site.ok("submit", "command", "--", "true");

  const second = await site.json("submit", "command", "--after", first.slice(0, 14), "--", "true");

  expect(second).toMatchObject({ state: "blocked", after: [first] });
});

it("puts the database into the project's folder from wherever it is called", async () => {
  const site = new ClxSite();
  const below = join(site.folder, "a", "b");
  mkdirSync(below, { recursive: true });
  const first = await site.ok("submit", "command", "--", "true");

  const { stdout } = await site.run(["submit", "command", "--", "true"], { cwd: below });

  const store = await site.openStore();
  expect(await store.findTask(stdout.trim())).toMatchObject({ payload: { cwd: below } });
  expect(await store.findTask(first)).toBeDefined();
});

it("takes the database from --db-path, else from CLX_DB_PATH, else from DB_PATH", async () => {
  const site = new ClxSite();
  const env = { CLX_DB_PATH: "clx.db", DB_PATH: "other.db" };
  const submit = ["submit", "command", "--", "true"];

  const flag = await site.run(["--db-path", "flag.db", ...submit], { env });
  const variable = await site.run(submit, { env });

  const shown = await site.json("tasks", "list", "--db-path", "flag.db");
  expect(shown).toMatchObject({ tasks: [{ id: flag.stdout.trim() }] });
  const other = await site.json("tasks", "list", "--db-path", "clx.db");
  expect(other).toMatchObject({ tasks: [{ id: variable.stdout.trim() }] });
});

it.each([
  [["command"], 2, 'no program follows a "--"; write: clx submit command -- PROG ARG…'],
  [["command", "echo"], 2, 'no program follows a "--"; write: clx submit command -- PROG ARG…'],
  [["command", "--"], 2, 'no program follows the "--"'],
  [["command", "--", ""], 2, 'the program that follows the "--" is empty'],
  [["resize"], 2, `the payload is missing; write: clx submit resize '{"key": "value"}'`],
  [["comand", "1", "--wait"], 2, 'there is no worker type "comand"; did you mean command?'],
  [["resize", "1", "--follow"], 2, 'its module: "clx supervise --type resize --handler FILE"'],
  [["resize", "{oops"], 2, "the payload is no JSON ("],
  [["resize", "@missing.json"], 2, "cannot read missing.json: there is no such file"],
  [["resize", "--", "x"], 2, 'a program after "--" is for "clx submit command"'],
  [["resize", "1", "--cwd", "x"], 2, '--cwd is for "clx submit command -- PROG ARG…" only'],
  [["resize", "1", "--bulk"], 2, "--bulk needs a JSON array of payloads"],
  [["resize", "[1]", "--bulk", "--key", "k"], 2, "--key names one task"],
  [["resize", "1", "--run-at", "tomorrow"], 2, '--run-at is "tomorrow", which is no time'],
  [["resize", "1", "--timeout", "x"], 2, '--timeout is "x", which is no duration'],
  [
    ["resize", "1", "--attempts", "0"],
    2,
    '--attempts is "0", but must be a whole number of at least 1',
  ],
  [["resize", "1", "--memory", "big"], 2, '--memory is "big", which is no size'],
  [["resize", "1", "--after", ""], 2, "the id of a task is empty"],
  [["resize", "1", "--after", "nosuch"], 4, "no task has the id nosuch"],
  [
    ["resize", "1", "--on-dependency-failure", "run"],
    2,
    "--on-dependency-failure says what to do about --after",
  ],
  [["command", "--env", "A", "--", "x"], 2, '--env is "A", but must be NAME=VALUE'],
  [["command", '{"argv":"echo hi"}'], 2, "argv must be a list"],
  [["command", '{"argv":["x"],"cdw":"/"}'], 2, '"cdw" is no key of a command; did you mean cwd?'],
])("refuses submit %j with exit code %i and says why", async (args, code, message) => {
  const site = new ClxSite();

  const outcome = await site.run(["submit", ...args]);

  expect(outcome.stderr).toContain(message);
  expect(outcome).toMatchObject({ code, stdout: "" });
});

it("refuses a database in a folder that is not there, and a file that is none", async () => {
  const site = new ClxSite();
  writeFileSync(
    join(site.folder, "letter.txt"),
    "Dear reader, this is no database at all.".repeat(9),
  );

  const noFolder = await site.run(["submit", "x", "1", "--db-path", "no/such/folder/x.db"]);
  const noDatabase = await site.run(["submit", "x", "1", "--db-path", "letter.txt", "--json"]);

  expect(noFolder).toMatchObject({ code: 3, stderr: expect.stringContaining("no/such/folder") });
  expect(noDatabase.code).toBe(3);
  expect(JSON.parse(noDatabase.stdout)).toMatchObject({ error: { code: "store_not_a_database" } });
});

it("takes no number that it would have to change", async () => {
  const site = new ClxSite();

  const { code, stderr } = await site.run(["submit", "mine", '{"n": 12345678901234567890}']);

  expect(code).toBe(2);
  expect(stderr).toContain('the number 12345678901234567890 (at "n") cannot be kept exactly');
  expect(existsSync(site.databasePath)).toBe(false);
});
