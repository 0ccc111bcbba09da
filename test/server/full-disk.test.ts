import { join } from "node:path";
import { expect, it } from "vitest";
import type { Health } from "../../src/server/health.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { ServerSite } from "../support/server.ts";
import { mountSmallDisk } from "../support/small-disk.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const task = { type: "command", payload: { argv: ["true"] }, runAt: "2100-01-01T00:00:00Z" };

it("a server whose disk is full refuses work and says so, and takes it again once there is room", async ({
  skip,
}) => {
  const site = new ServerSite();
  const disk = mountSmallDisk(site, "small") ?? skip("a small disk cannot be mounted");
  const args = ["--db-path", join(site.folder, "small", "clx_jobs.db")];
  const served = await site.serve("standalone", { args });
  disk.fill();

  const refused = await until(async () => {
    const answer = await served.send("POST", "/api/tasks", { ...task, title: "x".repeat(150) });
    return answer.status === 202 ? undefined : answer;
  });
  const ready = await served.fetch("/ready");
  const full = await until(async () => {
    const health = await served.get<Health>("/health");
    return health.findings.length > 0 ? health : undefined;
  });
  disk.free();
  const taken = await served.send("POST", "/api/tasks", task);
  const readyAgain = await served.fetch("/ready");

  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({ error: { code: "store_full" } });
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ ready: false, reason: "the disk of its store is full" });
  expect(full).toMatchObject({ status: "degraded", findings: [{ code: "disk_full" }] });
  expect([taken.status, readyAgain.status]).toEqual([202, 200]);
  await served.stop();
});
