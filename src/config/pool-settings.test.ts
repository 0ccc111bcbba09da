import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import { checkPools, resolvePool, resolveTaskTimeout } from "./pool-settings.ts";

const gib = 1024 ** 3;
const mib = 1024 ** 2;

describe("a pool", () => {
  it("has sensible defaults", async () => {
    const config = await new ConfigSite().load();

    expect(resolvePool(config, "notebook")).toEqual({
      ...{ type: "notebook", program: { kind: "built_in" }, queue: "default" },
      ...{ mode: "direct", count: 1, concurrency: 1, expectedMemory: 512 * mib },
      ...{ startupTimeoutMs: 30_000, startupRetries: 3, taskTimeoutMs: 600_000 },
      configSource: "default",
    });
  });

  it("takes from its own table first, then from the section", async () => {
    const site = new ConfigSite()
      .write("project", "[workers]\ndefault_worker_count = 5\ntask_timeout = 7")
      .write("user", "[workers.notebook]\ncount = 2");

    const config = await site.load({ env: { CLX_WORKERS__CONCURRENCY: "4" } });

    expect(resolvePool(config, "notebook")).toMatchObject({
      ...{ count: 2, concurrency: 4, taskTimeoutMs: 7_000 },
      configSource: `count from ${site.paths.user}:2, concurrency from CLX_WORKERS__CONCURRENCY, else default`,
    });
    expect(resolvePool(config, "drawio").count).toBe(5);
  });

  it("follows the command line, which means every type unless it names one", async () => {
    const site = new ConfigSite().write(
      "project",
      '[workers.notebook]\ncount = 2\nexecution_mode = "direct"\n[workers.drawio]\ncount = 3',
    );

    const config = await site.load({
      env: { CLX_WORKERS__DRAWIO__COUNT: "9" },
      flags: { "worker-count": "6", "notebook-workers": "1", workers: "inline" },
    });

    expect(resolvePool(config, "notebook")).toMatchObject({ count: 1, mode: "inline" });
    expect(resolvePool(config, "drawio")).toMatchObject({ count: 6, mode: "inline" });
  });

  it("of Docker needs an image, and says which key to set", async () => {
    const site = new ConfigSite().write(
      "project",
      '[workers]\ndefault_execution_mode = "docker"\n[workers.plantuml]\nimage = "p:1"\n[workers.drawio]\ncount = 0',
    );
    const config = await site.load();

    expect(() => resolvePool(config, "notebook")).toThrow(
      `notebook workers shall run in docker (workers.default_execution_mode: ${site.paths.project}:2), and no image is set for them; set workers.notebook.image, or run them direct`,
    );
    expect(resolvePool(config, "plantuml")).toMatchObject({ mode: "docker", image: "p:1" });
    expect(resolvePool(config, "drawio").count).toBe(0);
    expect(checkPools(config)).toEqual([]);
  });

  it("that lacks its image is found without being started", async () => {
    const site = new ConfigSite().write("project", '[workers.drawio]\nexecution_mode = "docker"');

    expect(checkPools(await site.load())).toMatchObject([
      { key: "workers.drawio.image", origin: { line: 2 } },
    ]);
  });

  it("of a type of one's own runs its module or its program", async () => {
    const site = new ConfigSite().write(
      "project",
      `[workers.resize]
handler = "./resize.js"
settings = { quality = 90 }
[workers.simulation]
command = ["python3", "model.py"]
memory_limit = "10g"
max_job_time = 0`,
    );

    const config = await site.load();

    expect(resolvePool(config, "resize")).toMatchObject({
      program: { kind: "module", url: `file://${join(site.project, "resize.js")}` },
      settings: { quality: 90 },
      expectedMemory: 512 * mib,
      taskTimeoutMs: 172_800_000,
    });
    const simulation = resolvePool(config, "simulation");
    expect(simulation).toMatchObject({
      program: { kind: "command", argv: ["python3", "model.py"], cwd: site.project },
      ...{ expectedMemory: 8 * gib, memoryLimit: 10 * gib },
    });
    expect(simulation).not.toHaveProperty("taskTimeoutMs");
  });

  it("of an unknown type is refused with the nearest known", async () => {
    const config = await new ConfigSite().load();

    expect(() => resolvePool(config, "notbook")).toThrow(/"notbook"; did you mean notebook\?/);
  });
});

describe("the time a task may take", () => {
  it.each([
    ["", 600_000],
    ["[workers]\ntask_timeout = 50", 50_000],
    ["[workers]\ntask_timeout = 0", undefined],
    ["[workers]\ntask_timeout = 50\n[workers.notebook]\nmax_job_time = 0", undefined],
    ["[workers.notebook]\nmax_job_time = 70", 70_000],
  ])("after %o is %o ms", async (toml, expected) => {
    const config = await new ConfigSite().write("project", toml).load();

    expect(resolveTaskTimeout(config, "notebook")).toBe(expected);
  });
});
