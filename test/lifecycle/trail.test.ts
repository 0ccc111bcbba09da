import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isAlive, ownIdentity } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { openBeside } from "../support/open-beside.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { startServices } from "../support/services.ts";

forbidProcessLeaks();

it("registers each worker with its type, mode, process, start and state", async () => {
  const site = new ClxSite();
  const before = Date.now();
  const services = await startServices(site);

  const worker = await (await site.openStore()).findWorker(services.workers[0]?.id ?? "");

  expect(worker).toMatchObject({ type: "command", mode: "direct", state: "idle" });
  expect(worker?.process && isAlive(worker.process)).toBe(true);
  expect(worker?.parent).toMatchObject({ pid: services.pid, host: ownIdentity().host });
  expect(worker?.registeredAt).toBeGreaterThanOrEqual(before);
  expect(worker?.activatedAt).toBeGreaterThanOrEqual(worker?.registeredAt ?? Number.NaN);
});

it("starts as many workers of each type as are configured", async () => {
  const site = new ClxSite();
  site.writeConfig('[workers.command]\ncount = 2\n[workers.resize]\ncommand = ["true"]');

  const { workers } = await startServices(site, "--types", "command,resize");

  expect(workers.map(({ type }) => type).toSorted()).toEqual(["command", "command", "resize"]);
});

it("lists the workers of one state as JSON with --status and --format", async () => {
  const site = new ClxSite();
  const { workers } = await startServices(site);

  const idle = await site.run(["workers", "list", "--status=idle", "--format=json"]);
  const busy = await site.run(["workers", "list", "--status=busy", "--format=json"]);

  expect(JSON.parse(idle.stdout)).toMatchObject({ workers: [{ id: workers[0]?.id }] });
  expect(JSON.parse(busy.stdout)).toEqual({ workers: [] });
});

it("logs the life of workers and pools under the event types that people query", async () => {
  const site = new ClxSite();
  await startServices(site);
  await site.ok("stop-services");

  const types = eventTypesOf(site);

  const lives = ["worker_starting", "worker_registered", "worker_ready", "worker_stopping"];
  const pools = ["pool_starting", "pool_started", "pool_stopping", "pool_stopped"];
  expect(types).toEqual(expect.arrayContaining([...lives, "worker_stopped", ...pools]));
  const order = ["worker_registered", "worker_ready", "worker_stopping", "worker_stopped"].map(
    (type) => types.indexOf(type),
  );
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

it("logs a worker that does not start as worker_failed", async () => {
  const site = new ClxSite();
  writeFileSync(join(site.folder, "broken.mjs"), "throw new Error('the licence is missing');");
  site.writeConfig('[workers]\nstartup_retries = 0\n[workers.broken]\nhandler = "./broken.mjs"');

  await site.run(["exec", "broken", "1"]);

  expect(eventTypesOf(site)).toContain("worker_failed");
  expect(eventTypesOf(site)).not.toContain("worker_ready");
});

/** As a stranger's SQL shows them, oldest first. */
function eventTypesOf(site: ClxSite): readonly string[] {
  const database = openBeside(site.databasePath, { readOnly: true });
  onTestFinished(() => database.close());
  const rows = database
    .prepare("select event_type from worker_events order by created_at, id")
    .all();
  return rows.map(({ event_type }) => String(event_type));
}
