import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import { resolvePool } from "../config/pool-settings.ts";
import { decideRestart } from "../supervisor/restart-policy.ts";
import { loadHandler } from "../worker/load-handler.ts";
import { configuredPool } from "./configured-pool.ts";

async function poolFor(type: string, toml: string) {
  const site = new ConfigSite().write("project", toml);
  const settings = resolvePool(await site.load(), type);
  return configuredPool(settings, { persistent: true, cwd: site.project });
}

describe("a configured pool", () => {
  it("is what the configuration says", async () => {
    const pool = await poolFor(
      "command",
      '[workers.command]\ncount = 3\nmemory_limit = "1g"\nconcurrency = 2',
    );

    expect(pool).toMatchObject({
      ...{ name: "command", type: "command", mode: "direct", count: 3, concurrency: 2 },
      ...{ memoryLimit: 1024 ** 3, persistent: true, startupTimeoutMs: 30_000 },
    });
    expect(pool.configSource).toMatch(/count from .*config\.toml:2, .*else default$/);
    expect(existsSync(fileURLToPath(pool.handler))).toBe(true);
  });

  it("of a program has a handler that serves its type", async () => {
    const pool = await poolFor(
      "resize",
      '[workers.resize]\ncommand = ["true"]\nsettings = { q = 1 }',
    );

    await expect(loadHandler(pool.handler, "resize")).resolves.toBeDefined();
    expect(pool.settings).toMatchObject({ argv: ["true"], settings: { q: 1 } });
  });

  it.each([
    ["each start times out", { livedMs: 40_000, readyMs: 0 }],
    ["each worker ends when it has just become ready", { livedMs: 65_000, readyMs: 25_000 }],
  ])("gives up after as many retries as are configured when %s", async (_, life) => {
    const { restart } = await poolFor(
      "command",
      "[workers]\nstartup_retries = 2\nstartup_timeout = 40",
    );
    const deaths = [1, 2, 3].map((number) => ({
      ...{ ...life, at: number * 70_000, wasUseful: false, heldTask: false },
      what: "it was not ready in time",
    }));
    const decide = (count: number) =>
      decideRestart({ policy: restart, deaths: deaths.slice(0, count), now: count * 70_000 }).kind;

    expect([1, 2, 3].map(decide)).toEqual(["restart", "restart", "give_up"]);
  });
});
