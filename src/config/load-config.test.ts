import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import { lookUp } from "./config.ts";
import { ConfigError } from "./problem.ts";

describe("the files", () => {
  it("are not needed", async () => {
    const config = await new ConfigSite().load();

    expect(lookUp(config, "workers.default_execution_mode").value).toBe("direct");
    expect(lookUp(config, "workers.default_worker_count").value).toBe(1);
  });

  it("are looked for from the current folder upwards", async () => {
    const site = new ConfigSite().write("project", "[workers]\nauto_start = false");
    const deep = join(site.project, "a", "b");
    mkdirSync(join(deep, ".clx"), { recursive: true });

    const { origin } = lookUp(await site.load({ cwd: deep }), "workers.auto_start");

    expect(origin).toMatchObject({ path: site.paths.project, line: 2, column: 1 });
  });

  it("mean relative paths from the project, and from their own folder elsewhere", async () => {
    const site = new ConfigSite()
      .write("project", 'db_path = "data/jobs.db"')
      .write("user", '[workers]\nlog_dir = "~/logs"')
      .write("system", '[workers.resize]\nhandler = "./resize.js"');

    const config = await site.load({ cwd: site.project });

    expect(lookUp(config, "db_path").value).toBe(join(site.project, "data/jobs.db"));
    expect(lookUp(config, "workers.log_dir").value).toBe(join(site.home, "logs"));
  });

  it("may begin with the mark that some editors leave", async () => {
    const site = new ConfigSite().write("project", "\uFEFF[workers]\nauto_start = false");

    expect(lookUp(await site.load(), "workers.auto_start").value).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)("are complained of when they cannot be read", async () => {
    const site = new ConfigSite().write("user", "");
    chmodSync(site.paths.user, 0);

    expect(await site.problems()).toEqual([expect.stringContaining("may not be read by you")]);
  });

  it("are complained of when they are folders", async () => {
    const site = new ConfigSite();
    mkdirSync(site.paths.project, { recursive: true });

    expect(await site.problems()).toEqual([
      "P:1:1: this is a folder, but must be a file; move it away",
    ]);
  });
});

describe("a file that is wrong", () => {
  it("is told all its faults at once, each with its place", async () => {
    const site = new ConfigSite().write(
      "project",
      [
        "max_workers = 3",
        "[workers]",
        'default_execution_mode = "doker"',
        "  auto_strat = true",
        "count = 3",
        "[workers.notebook]",
        "count = -1",
        'memmory_limit = "1g"',
        "[wrokers]",
      ].join("\n"),
    );

    expect(await site.problems()).toEqual([
      "P:1:1: unknown key max_workers; max_workers belongs in [workers]",
      'P:3:1: workers.default_execution_mode is "doker", but must be "direct", "docker", "inline" or "auto"; did you mean "docker"?',
      "P:4:3: unknown key workers.auto_strat; did you mean auto_start?",
      "P:5:1: unknown key workers.count; count belongs in a table such as [workers.notebook]",
      "P:7:1: workers.notebook.count is -1, but must be a whole number from 0 to 128",
      "P:8:1: unknown key workers.notebook.memmory_limit; did you mean memory_limit?",
      "P:9:2: unknown key wrokers; did you mean workers?",
    ]);
  });

  it("is an error that has them all", async () => {
    const site = new ConfigSite().write("project", "[workers]\na = 1\nb = 2");

    const error: unknown = await site.load().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: "invalid_config", problems: [{}, {}] });
    expect((error as Error).message).toMatch(
      /^there are 2 problems in the configuration:\n {2}.*:2:1: unknown key workers\.a/,
    );
  });

  it("is told where it stops being TOML", async () => {
    const site = new ConfigSite().write("project", "[workers]\nauto_start = maybe\n");

    expect(await site.problems()).toEqual([expect.stringMatching(/^P:2:14: this is no TOML: /)]);
  });

  it("is told when a table stands for a value, or a value for a table", async () => {
    const site = new ConfigSite().write(
      "project",
      "worker_management = 1\n[workers]\nnotebook = 2\n[workers.startup_timeout]\nx = 1",
    );

    expect(await site.problems()).toEqual([
      "P:1:1: worker_management must be a table: write [worker_management], and its keys below",
      "P:3:1: workers.notebook must be a table: write [workers.notebook], and its keys below",
      "P:4:10: workers.startup_timeout is a table, but must be a duration above 0: seconds (90), or 90s, 10m, 48h, 7d",
    ]);
  });
});

describe("the two names of the section", () => {
  const both = (first: string, second: string) =>
    `[workers]\nstartup_timeout = ${first}\n\n[worker_management]\nstartup_timeout = ${second}\n`;

  it("may say the same twice", async () => {
    const site = new ConfigSite().write("project", both("60", '"1m"'));

    expect(lookUp(await site.load(), "workers.startup_timeout").value).toBe(60_000);
  });

  it("must not contradict each other in one file", async () => {
    const site = new ConfigSite().write("project", both("60", "61"));

    expect(await site.problems()).toEqual([
      "P:5:1: workers.startup_timeout is 61 (P:5) and 60 (P:2) at once; keep one of them",
    ]);
  });

  it("must not contradict each other in the environment", async () => {
    const env = {
      CLX_WORKERS__NOTEBOOK__COUNT: "2",
      CLX_WORKER_MANAGEMENT__NOTEBOOK__COUNT: "3",
    };

    expect(await new ConfigSite().problems({ env })).toEqual([
      "workers.notebook.count is 3 (CLX_WORKER_MANAGEMENT__NOTEBOOK__COUNT) and 2 (CLX_WORKERS__NOTEBOOK__COUNT) at once; keep one of them",
    ]);
  });

  it("are one key to the layers", async () => {
    const site = new ConfigSite()
      .write("project", "[worker_management]\nmax_workers = 7")
      .write("user", "[workers]\nmax_workers = 8");

    expect(lookUp(await site.load(), "workers.max_workers").value).toBe(7);
  });
});

describe("the environment", () => {
  it.each([
    [
      "CLX_WORKERS__AUTO_STRAT",
      "unknown variable CLX_WORKERS__AUTO_STRAT; did you mean CLX_WORKERS__AUTO_START?",
    ],
    [
      "CLX_WORKERS__NOTEBOOK__CUONT",
      "unknown variable CLX_WORKERS__NOTEBOOK__CUONT; did you mean CLX_WORKERS__NOTEBOOK__COUNT?",
    ],
  ])("has no %s", async (name, message) => {
    expect(await new ConfigSite().problems({ env: { [name]: "1" } })).toEqual([message]);
  });

  it("names the variable whose value is wrong", async () => {
    const env = { WORKER_MAX_COUNT: "many", CLX_WORKERS__AUTO_START: "perhaps" };

    expect(await new ConfigSite().problems({ env })).toEqual([
      'CLX_WORKERS__AUTO_START is "perhaps", but must be true or false',
      'WORKER_MAX_COUNT is "many", but must be a whole number from 1 to 128',
    ]);
  });

  it("does not count what is empty, or is somebody else's", async () => {
    const env = { CLX_WORKERS__AUTO_START: "", CLX_WORKER_ID: "w1", CLX_TASK_ID: "t" };

    expect(await new ConfigSite().problems({ env })).toEqual([]);
  });

  it("finds a worker type that has a dash in its name", async () => {
    const site = new ConfigSite().write("project", '[workers.my-type]\ncommand = ["true"]');

    const config = await site.load({ env: { CLX_WORKERS__MY_TYPE__COUNT: "3" } });

    expect(config.ownTypes).toEqual(["my-type"]);
    expect(config.layers.some(({ settings }) => settings.has("workers.my-type.count"))).toBe(true);
  });

  it.each(["0", "-1"])("switches the limit of time off by WORKER_TASK_TIMEOUT=%s", async (text) => {
    const config = await new ConfigSite().load({ env: { WORKER_TASK_TIMEOUT: text } });

    expect(lookUp(config, "workers.task_timeout").value).toBe(0);
  });
});

describe("the command line", () => {
  it("is told which option has a value that cannot be", async () => {
    const flags = { "notebook-workers": "many", workers: "dokcer" };

    expect(await new ConfigSite().problems({ flags })).toEqual([
      expect.stringContaining('--workers is "dokcer", but must be'),
      expect.stringContaining('--notebook-workers is "many", but must be'),
    ]);
  });

  it("may have options that are no keys", async () => {
    expect(await new ConfigSite().problems({ flags: { json: true, wait: true } })).toEqual([]);
  });

  it("has an option for a type of one's own", async () => {
    const site = new ConfigSite().write("project", '[workers.resize]\ncommand = ["true"]');

    const { layers } = await site.load({ flags: { "resize-workers": "4" } });

    expect(layers[0]?.settings.get("workers.resize.count")?.value).toBe(4);
  });
});

describe("a worker type of one's own", () => {
  it("needs a handler or a command, whichever layer says it", async () => {
    const site = new ConfigSite().write("project", "[workers.resize]\ncount = 2");

    expect(await site.problems()).toEqual([
      'P:1:10: workers.resize is no worker type of clx; one of your own needs handler = "./module.js" or command = ["program", "argument"]',
    ]);
    site.write("user", '[workers.resize]\nhandler = "./resize.js"');
    expect(await site.problems()).toEqual([]);
  });

  it("is suspected to be a slip when it resembles one that ships, even with an empty table", async () => {
    const site = new ConfigSite().write("project", "[workers.notbook]\n");

    expect(await site.problems()).toEqual([expect.stringContaining("(did you mean notebook?)")]);
  });

  it("cannot have both, and what ships can have neither", async () => {
    const site = new ConfigSite().write(
      "project",
      '[workers.resize]\nhandler = "./a.js"\ncommand = ["a"]\n[workers.plantuml]\ncommand = ["b"]\n',
    );

    expect(await site.problems()).toEqual([
      "P:3:1: workers.resize has a handler (P:2) and a command (P:3); keep one of them",
      "P:5:1: workers.plantuml.command cannot be set: plantuml is a type of clx; give a type of your own another name",
    ]);
  });

  it.each(["Resize", "re size", "9lives", "fresh", "a__b"])("cannot be called %o", async (name) => {
    const site = new ConfigSite().write("project", `[workers."${name}"]\ncommand = ["a"]\n`);

    expect(await site.problems()).toEqual([
      expect.stringMatching(/^P:1:10: .* cannot name a worker type: use lower-case/),
    ]);
  });
});
