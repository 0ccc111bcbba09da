import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ClxSite, type RunOptions } from "../support/clx.ts";
import { ConfigSite } from "../support/config-site.ts";

/** `clx config …` in a project, a home and a system of their own. */
class Site extends ConfigSite {
  readonly #clx = new ClxSite();

  async run(args: readonly string[], { env, ...options }: RunOptions = {}) {
    return await this.#clx.run(["config", ...args], {
      cwd: this.project,
      env: { ...this.environment, HOME: this.home, ...env },
      ...options,
    });
  }

  async json<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    return JSON.parse((await this.run([...args, "--format", "json"], options)).stdout) as T;
  }
}

describe("clx config init", () => {
  it.each(["project", "user", "system"] as const)(
    "writes a valid file for the %s",
    async (location) => {
      const site = new Site();

      const init = await site.run(["init", `--location=${location}`]);
      const validate = await site.run(["validate"]);

      expect(init).toMatchObject({ code: 0, stdout: `${site.paths[location]}\n` });
      expect(readFileSync(site.paths[location], "utf8")).toContain("#default_worker_count = 1\n");
      expect(validate).toMatchObject({ code: 0, stdout: `${site.paths[location]} is valid\n` });
    },
  );

  it("does not replace what is there, unless forced", async () => {
    const site = new Site().write("project", "[workers]\ncount = 1");

    const refused = await site.run(["init"]);
    const kept = readFileSync(site.paths.project, "utf8");
    const forced = await site.run(["init", "--force"]);

    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain("is there already; edit it, or replace it with --force");
    expect(kept).toBe("[workers]\ncount = 1");
    expect(forced.code).toBe(0);
    expect(readFileSync(site.paths.project, "utf8")).toMatch(/^# Configuration of clx\./);
    expect(readdirSync(join(site.project, ".clx")).toSorted()).toEqual([
      ".gitignore",
      "config.toml",
    ]);
  });

  it("writes into the project's folder from any folder below it", async () => {
    const site = new Site();
    const below = join(site.project, "a", "b");
    mkdirSync(join(site.project, ".clx"), { recursive: true });
    mkdirSync(below, { recursive: true });

    const init = await site.run(["init"], { cwd: below });

    expect(init.stdout).toBe(`${site.paths.project}\n`);
  });

  it("knows three places", async () => {
    const { code, stderr } = await new Site().run(["init", "--location=projct"]);

    expect(code).toBe(2);
    expect(stderr).toContain('--location is "projct"; did you mean project?');
  });
});

describe("clx config show", () => {
  interface Shown {
    readonly files: readonly { readonly location: string; readonly exists: boolean }[];
    readonly values: readonly { readonly key: string; readonly value: unknown }[];
  }

  it("prints every value with who said it", async () => {
    const site = new Site()
      .write("project", "[worker_management.notebook]\ncount = 2\n")
      .write("user", "[workers]\nmax_workers = 9\n");

    const { stdout, code } = await site.run(["show", "--workers=inline"], {
      env: { WORKER_TASK_TIMEOUT: "60" },
    });
    const line = (key: string) => stdout.split("\n").find((row) => row.startsWith(`${key} `));

    expect(code).toBe(0);
    expect(line("workers.notebook.count")).toMatch(/ 2 +\S+project\/\.clx\/config\.toml:2$/);
    expect(line("workers.max_workers")).toMatch(/ 9 +\S+clx\/config\.toml:2$/);
    expect(line("workers.task_timeout")).toMatch(/ 60 +WORKER_TASK_TIMEOUT$/);
    expect(line("workers.drawio.execution_mode")).toMatch(
      / "inline" +--workers \(workers\.default_execution_mode\)$/,
    );
    expect(line("workers.auto_start")).toMatch(/ true +default$/);
    expect(line("workers.log_dir")).toMatch(/ - +not set$/);
  });

  it("prints the same as JSON", async () => {
    const site = new Site().write("project", '[workers.resize]\ncommand = ["a"]\ncount = 3');

    const { files, values } = await site.json<Shown>(["show"]);

    expect(files).toMatchObject([
      { location: "project", exists: true },
      { location: "user", exists: false },
      { location: "system", exists: false },
    ]);
    expect(values).toContainEqual({
      key: "workers.resize.count",
      value: 3,
      origin: { kind: "file", location: "project", path: site.paths.project, line: 3, column: 1 },
      via: null,
    });
    expect(values).toContainEqual({
      ...{ key: "workers.startup_timeout", value: 30 },
      ...{ origin: { kind: "default" }, via: null },
    });
  });

  it("tells all that is wrong instead, and exits with 2", async () => {
    const site = new Site().write("project", "[workers]\nauto_strat = true\nmax_workers = 0");

    const { code, stdout, stderr } = await site.run(["show"]);

    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(`${site.paths.project}:2:1: unknown key workers.auto_strat`);
    expect(stderr).toContain(`${site.paths.project}:3:1: workers.max_workers is 0`);
  });
});

describe("clx config locate", () => {
  it("prints where files are looked for, strongest first", async () => {
    const site = new Site().write("user", "");

    const { stdout } = await site.run(["locate"]);

    expect(stdout.trimEnd().split("\n").slice(1)).toEqual([
      `project  no   ${site.paths.project}`,
      `user     yes  ${site.paths.user}`,
      `system   no   ${site.paths.system}`,
    ]);
    expect(await site.json(["locate"])).toMatchObject({ files: [{}, { exists: true }, {}] });
  });
});

describe("clx config validate", () => {
  it("prints all that is wrong and exits with 1", async () => {
    const site = new Site()
      .write("project", "[workers]\nauto_strat = true")
      .write("system", "[workers]\nmax_workers = 0");

    const { code, stdout } = await site.run(["validate"]);

    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n")).toEqual([
      `${site.paths.project}:2:1: unknown key workers.auto_strat; did you mean auto_start?`,
      `${site.paths.system}:2:1: workers.max_workers is 0, but must be a whole number from 1 to 128`,
    ]);
    expect(await site.json(["validate"])).toMatchObject({
      valid: false,
      problems: [{ key: "workers.auto_strat", file: site.paths.project, line: 2, column: 1 }, {}],
    });
  });

  it("checks one file alone", async () => {
    const site = new Site().write("project", "nonsense");
    writeFileSync(join(site.project, "draft.toml"), '[workers.drawio]\nexecution_mode = "docker"');
    writeFileSync(join(site.project, "good.toml"), "[workers]\nauto_start = false");

    const draft = await site.run(["validate", "draft.toml"]);
    const good = await site.run(["validate", "good.toml"]);

    expect(draft.code).toBe(1);
    expect(draft.stdout).toMatch(
      /draft\.toml:2:1: drawio workers shall run in docker.*set workers\.drawio\.image/,
    );
    expect(good.code).toBe(0);
  });

  it("says when a file is missing, and when none is needed", async () => {
    const site = new Site();

    expect(await site.run(["validate", "gone.toml"])).toMatchObject({ code: 1 });
    expect(await site.run(["validate"])).toMatchObject({
      code: 0,
      stdout: "there is no configuration file, and none is needed\n",
    });
  });
});
