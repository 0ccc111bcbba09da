import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";

it("tells what it can do, with examples, and exits with 0", async () => {
  const site = new ClxSite();

  const bare = await site.run([]);
  const help = await site.run(["--help"]);

  expect(bare).toMatchObject({ code: 0, stderr: "" });
  expect(bare.stdout).toContain("clx submit command --wait -- ");
  expect(bare.stdout.split("\n").length).toBeLessThan(24);
  expect(bare.stdout).toContain('"clx --help" lists all commands');
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toContain("clx submit command --wait -- ");
  expect(help.stdout).toMatch(/^ {2}workers cleanup {2}/m);
});

it("explains each command on --help, -h and help", async () => {
  const site = new ClxSite();

  const texts = await Promise.all([
    site.ok("tasks", "wait", "--help"),
    site.ok("tasks", "wait", "-h"),
    site.ok("help", "tasks", "wait"),
    site.ok("--help", "tasks", "wait"),
  ]);

  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toMatch(/^usage: clx tasks wait ID… /);
});

it("keeps every line of every help within 110 columns", async () => {
  const site = new ClxSite();
  const names = [...(await site.ok("--help")).matchAll(/^ {2}((?:\S+ )?\S+) {2,}\S/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => !name.startsWith("clx"));

  const helps: string[] = [];
  const left = [...names];
  while (left.length > 0) {
    const few = left.splice(0, 4); // all at once would hold up every other test of the machine
    helps.push(...(await Promise.all(few.map((name) => site.ok(...name.split(" "), "--help")))));
  }

  expect(names.length).toBeGreaterThan(14);
  const tooLong = helps.flatMap((help) => help.split("\n")).filter((line) => line.length > 110);
  expect(tooLong).toEqual([]);
}, 120_000);

it("prints its version", async () => {
  const site = new ClxSite();

  expect(await site.ok("--version")).toMatch(/^\d+\.\d+\.\d+$/);
  expect(await site.ok("-V")).toBe(await site.ok("--version"));
});

it.each([
  [
    ["--bogus"],
    'clx has no option --bogus, and no command follows; "clx --help" lists the commands',
  ],
  [["-x"], "clx has no option -x, and no command follows"],
  [["--jsno"], "clx has no option --jsno, and no command follows; did you mean --json?"],
  [["submt"], 'there is no command "clx submt"; did you mean "clx submit"?'],
  [["tasks", "lst"], 'there is no command "clx tasks lst"; did you mean "clx tasks list"?'],
  [
    ["tasks", "list", "--stauts", "x"],
    '"clx tasks list" has no option --stauts; did you mean --status?',
  ],
  [["tasks", "list", "--limit"], "--limit needs a value: N"],
  [["tasks", "list", "--limit", "--no-color"], "--limit needs a value: N"],
  [["tasks", "list", "--json=yes"], "--json takes no value"],
  [
    ["tasks", "list", "--limit", "many"],
    '--limit is "many", but must be a whole number of at least 1',
  ],
  [["tasks", "list", "--format", "xml"], '--format is "xml", but must be table or json'],
  [["tasks", "list", "all"], '"all" is one word too many; usage: clx tasks list '],
  [["tasks", "cancel"], "something is missing; usage: clx tasks cancel ID… "],
  [["tasks", "show", "x", "--", "y"], 'nothing can follow "--" here; usage: clx tasks show ID…'],
])("refuses %j as wrong usage and says what was meant", async (args, message) => {
  const site = new ClxSite();

  const { code, stdout, stderr } = await site.run(args);

  expect(stderr).toContain(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

it("names the commands of a group that was not finished", async () => {
  const site = new ClxSite();

  const { code, stdout } = await site.run(["tasks"]);

  expect(code).toBe(2);
  expect(stdout).toContain("tasks cancel");
});

it("reports errors as JSON when JSON was asked for", async () => {
  const site = new ClxSite();

  const { code, stdout, stderr } = await site.run(["tasks", "list", "--format=json"]);

  expect(code).toBe(3);
  expect(stderr).toContain("clx: there is no database at ");
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: "store_missing",
      message: expect.stringContaining(`there is no database at ${site.databasePath}`),
    },
  });
});

it("names the variable and the value when the environment makes no sense", async () => {
  const site = new ClxSite();

  const { code, stderr } = await site.run(["tasks", "list"], { env: { WORKER_MAX_COUNT: "four" } });

  expect(code).toBe(2);
  expect(stderr).toContain('WORKER_MAX_COUNT is "four", but must be a whole number from 1 to 128');
});
