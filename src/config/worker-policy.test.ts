import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import { defaultTiming } from "../domain/launch.ts";
import { resolveDatabase, resolveWorkerPolicy } from "./worker-policy.ts";

describe("what holds for all workers", () => {
  it("has the defaults that the documents name", async () => {
    expect(resolveWorkerPolicy(await new ConfigSite().load())).toEqual({
      ...{ autoStart: true, autoStop: true, reuseWorkers: true },
      ...{ startupParallel: 5, startupTimeoutMs: 30_000, maxWorkers: 4 },
      ...{ timing: defaultTiming, queue: "default", cleanupAgeMs: 3_600_000 },
    });
  });

  it("gives a worker a lease of three heartbeats", async () => {
    const env = { WORKER_HEARTBEAT_INTERVAL: "30", WORKER_LOG_DIR: "/var/log/w" };

    const policy = resolveWorkerPolicy(await new ConfigSite().load({ env }));

    expect(policy.timing).toMatchObject({ heartbeatMs: 30_000, leaseMs: 90_000 });
    expect(policy.logFolder).toBe("/var/log/w");
  });
});

describe("the database", () => {
  it("is the project's unless somebody names another", async () => {
    const site = new ConfigSite().write("project", "");

    expect(resolveDatabase(await site.load(), site.project)).toEqual({
      ...{ path: join(site.project, ".clx", "clx_jobs.db"), source: "project", exists: false },
    });
  });

  it.each([
    [{ flags: { "db-path": "f.db" } }, "f.db", "--db-path"],
    [{ env: { DB_PATH: "e.db" } }, "e.db", "DB_PATH"],
    [{}, "p.db", "P:1"],
  ])("is told with who named it: %o", async (given, name, source) => {
    const site = new ConfigSite().write("project", 'db_path = "p.db"');

    const place = resolveDatabase(await site.load(given), site.project);

    expect(place.path).toBe(join(site.project, name));
    expect(place.source.replace(`${site.paths.project}:`, "P:")).toBe(source);
  });
});
