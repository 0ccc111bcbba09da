import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ApiSite, type ApiSiteParams } from "../support/api-site.ts";
import { PlayedWorker } from "../support/played-worker.ts";

const sites: ApiSite[] = [];

afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
});

async function open(params: ApiSiteParams = {}): Promise<ApiSite> {
  const site = await ApiSite.open(params);
  sites.push(site);
  return site;
}

/** In managed mode, with its workers at their places. */
async function openManaged(count: number, params: ApiSiteParams = {}): Promise<ApiSite> {
  const site = await open({ mode: "managed", count, ...params });
  await expect
    .poll(async () => (await site.ask("GET /api/workers")).body.workers.filter(isIdle).length)
    .toBe(count);
  return site;
}

function isIdle({ status }: { status: string }): boolean {
  return status === "idle";
}

describe("the workers, as spec 4 has them", () => {
  it("are listed in every mode", async () => {
    const alone = await open();
    const none = await alone.ask("GET /api/workers");
    await PlayedWorker.start(alone.store, { id: "outside" });
    const some = await alone.ask("GET /api/workers");
    const managed = await openManaged(2);
    const own = await managed.ask("GET /api/workers");

    expect(none.body).toEqual({ healthy: false, workerCount: 0, workers: [] });
    expect(some.body.workers).toMatchObject([{ workerId: "outside", pid: 1, restartCount: 0 }]);
    expect(own.body).toMatchObject({
      healthy: true,
      workerCount: 2,
      workers: [
        { workerId: "worker-0", pid: process.pid, restartCount: 0, connected: true },
        { workerId: "worker-1", pid: process.pid, restartCount: 0, connected: true },
      ],
    });
    expect(Date.parse(own.body.workers[0].startTime)).toBeLessThanOrEqual(Date.now());
  });

  it("are shown one by one, by name or id, those that ended too", async () => {
    const site = await openManaged(1);
    const byName = await site.ask("GET /api/workers/worker-0");
    const byId = await site.ask(`GET /api/workers/${byName.body.storeId}`);
    const unknown = await site.ask("GET /api/workers/nope");

    expect(byId.body.workerId).toBe("worker-0");
    expect([unknown.status, unknown.body.error.code]).toEqual([404, "worker_not_found"]);
  });

  it("are added in managed mode: with a name, or without any body; twice is a conflict", async () => {
    const site = await openManaged(1);
    const unnamed = await site.ask("POST /api/workers");
    const named = await site.ask("POST /api/workers", { body: { workerId: "mine" } });
    const twice = await site.ask("POST /api/workers", { body: { workerId: "mine" } });
    const taken = await site.ask("POST /api/workers", { body: { workerId: "status" } });
    const odd = await site.ask("POST /api/workers", { body: { workerId: "../x" } });

    expect([unnamed.status, unnamed.body.workerId]).toEqual([201, "worker-1"]);
    expect(named.body).toMatchObject({
      success: true,
      workerId: "mine",
      status: { type: "command" },
    });
    expect([twice.status, twice.body.error.code]).toEqual([409, "conflict"]);
    expect([taken.status, odd.status]).toEqual([400, 400]);
  });

  it("are removed in managed mode, and nobody takes their place", async () => {
    const site = await openManaged(2);
    const removed = await site.ask("DELETE /api/workers/worker-1");
    const again = await site.ask("DELETE /api/workers/nope");

    const leaving = await site.ask("GET /api/workers/worker-1");

    expect(removed.body).toMatchObject({ success: true, workerId: "worker-1" });
    expect(["draining", "dead"]).toContain(leaving.body.status ?? "dead");
    expect(again.status).toBe(404);
  });

  it.each(["standalone", "inline"] as const)("are neither in %s mode: 409", async (mode) => {
    const site = await open({ mode, types: mode === "inline" ? [] : ["command"] });
    await PlayedWorker.start(site.store, { id: "outside" });

    const added = await site.ask("POST /api/workers", { body: { type: "command" } });
    const removed = await site.ask("DELETE /api/workers/outside");

    expect([added.status, added.body.error.code]).toEqual([409, "not_managed"]);
    expect([removed.status, removed.body.error.code]).toEqual([409, "not_managed"]);
  });

  it("are for programs when nobody says which, though there are agents too", async () => {
    const site = await open({ mode: "managed", types: ["agent", "command", "notebook"] });

    const added = await site.ask("POST /api/workers");
    const asFive = await site.ask("POST /api/workers/add/");

    expect([added.status, added.body.status.type]).toEqual([201, "command"]);
    expect(asFive.body.worker_id).toMatch(/command/);
  });

  it("are of the user's own type when nobody says which", async () => {
    const env = { CLX_WORKERS__SIMULATION__HANDLER: "./simulation.js" };
    const types = ["command", "notebook", "simulation"];
    const site = await open({ mode: "managed", types, env });

    const added = await site.ask("POST /api/workers");

    expect([added.status, added.body.status.type]).toEqual([201, "simulation"]);
  });

  it("keep the name of their place while they are drained", async () => {
    const site = await openManaged(1);

    const { body } = await site.ask("POST /api/workers/worker-0/drain");

    expect([body.workerId, body.storeId]).not.toContain(undefined);
    expect(body.workerId).toBe("worker-0");
  });

  it("are wanted no more, in the figures too, once they were drained by hand", async () => {
    const site = await openManaged(2);
    const wanted = async () => {
      const { text } = await site.ask("GET /metrics");
      const lines = text.split("\n").filter((line) => line.startsWith("clx_pool_workers_wanted{"));
      return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    };
    await expect.poll(wanted).toBe(2);

    await site.ask("POST /api/workers/worker-0/drain");

    await expect.poll(wanted).toBe(1);
  });

  it("are drained by name", async () => {
    const site = await openManaged(1);
    const drained = await site.ask("POST /api/workers/worker-0/drain");

    expect(drained.status).toBe(200);
    expect(["draining", "dead"]).toContain(drained.body.status);
  });

  it("have a log whose end is read, from a plain file of the right name alone", async () => {
    const site = await openManaged(1);
    const { storeId } = (await site.ask("GET /api/workers/worker-0")).body;
    const path = join(site.folder, "logs", `worker_${storeId}.log`);
    mkdirSync(join(site.folder, "logs"), { recursive: true });
    writeFileSync(path, "first line\nsecond line\n");

    const whole = await site.ask("GET /api/workers/worker-0/logs");
    const end = await site.ask("GET /api/workers/worker-0/logs?bytes=15");
    const { rmSync } = await import("node:fs");
    rmSync(path);
    symlinkSync("/etc/hostname", path);
    const linked = await site.ask("GET /api/workers/worker-0/logs");

    expect(whole.body).toMatchObject({ workerId: storeId, text: "first line\nsecond line\n" });
    expect(end.body).toMatchObject({ text: "second line\n", size: 23 });
    expect(linked.body.text).toBe("");
  });
});

describe("the endpoints of spec 5", () => {
  it("tell workers, limits, memory and queue in its words", async () => {
    const site = await openManaged(1);
    await PlayedWorker.start(site.store, { id: "other" });
    await site.ask("POST /api/tasks", { body: { type: "command", payload: { argv: ["true"] } } });

    const { body } = await site.ask("GET /api/workers/status/");

    expect(body.workers).toHaveLength(2);
    expect(body.workers[0]).toMatchObject({
      state: "RUNNING",
      pid: process.pid,
      is_stalled: false,
    });
    expect(body.limits).toMatchObject({ active: 1, no_capacity: false });
    expect(body.queue).toEqual({ pending: 1, running: 0 });
    expect(body.memory.percent).toBeCloseTo((body.memory.used / body.memory.total) * 100, 0);
  });

  it("add a worker, and refuse at capacity with the limit and the numbers", async () => {
    const site = await openManaged(1, { admission: { hardCap: 2, cores: 64, ceiling: 3 } });
    const added = await site.ask("POST /api/workers/add/");
    const refused = await site.ask("POST /api/workers/add/", { body: {} });
    const forced = await site.ask("POST /api/workers/add/", { body: { force: true } });
    const beyond = await site.ask("POST /api/workers/add/?force=true");

    expect(added.body).toMatchObject({ status: "success" });
    expect([refused.status, refused.body.error]).toMatchObject([
      409,
      { code: "admission_refused", limit: "cap", room: { live: 2, admissible: 2 } },
    ]);
    expect(refused.body.error.message).toContain("At capacity (2/2)");
    expect(refused.body.error.message).toMatch(/raise it or add it with "force": true$/);
    expect(forced.status).toBe(200);
    expect([beyond.status, beyond.body.error.limit]).toEqual([409, "ceiling"]);
  });

  it.each([
    ["?force=True", undefined],
    ["?force=1", undefined],
    ["", { force: "true" }],
    ["", { force: "false" }],
    ["", { force: 1 }],
    ["", "[]"],
    ["", '"x"'],
    ["", "null"],
    ["", "{"],
  ])("never take anything else for force: %s %j", async (query, body) => {
    const site = await openManaged(1, { admission: { hardCap: 1, cores: 64 } });

    const { status } = await site.ask(`POST /api/workers/add/${query}`, { body });

    expect(status).toBe(400);
    expect((await site.ask("GET /api/workers")).body.workerCount).toBe(1);
  });

  it("drain the oldest, one, and all", async () => {
    const site = await open();
    const none = await site.ask("POST /api/workers/drain/");
    for (const id of ["one", "two", "three"]) await PlayedWorker.start(site.store, { id });

    const oldest = await site.ask("POST /api/workers/drain/");
    const two = await site.ask("POST /api/workers/drain/two/");
    const again = await site.ask("POST /api/workers/drain/two");
    const unknown = await site.ask("POST /api/workers/drain/nope/");
    const all = await site.ask("POST /api/workers/drain-all/");
    const states = (await site.ask("GET /api/workers/status")).body.workers;

    expect([none.status, none.body.error.message]).toEqual([409, "No worker to drain"]);
    expect(oldest.body).toEqual({ status: "success", worker_id: "one" });
    expect([two.body.worker_id, again.status, unknown.status]).toEqual(["two", 200, 404]);
    expect(all.body).toEqual({ success: true, workers_draining: 1 });
    expect(states.map(({ state }: { state: string }) => state)).toEqual(Array(3).fill("DRAINING"));
  });

  it("drain nobody else when a body names a worker, or says what is not understood", async () => {
    const site = await open();
    for (const id of ["old", "new"]) await PlayedWorker.start(site.store, { id });
    const ask = (body: object) => site.ask("POST /api/workers/drain/", { body });

    const unknown = await ask({ worker_id: "nope" });
    const misspelt = await ask({ workerid: "new" });
    const named = await ask({ worker_id: "new" });

    expect([unknown.status, misspelt.status, named.body.worker_id]).toEqual([404, 400, "new"]);
    expect(await site.store.findWorker("old")).toMatchObject({ state: "idle" });
  });

  it("abort only what is confirmed: by DELETE or POST, and its task fails at once", async () => {
    const site = await open();
    const { body: task } = await site.ask("POST /api/tasks", {
      body: { type: "command", payload: { argv: ["true"] } },
    });
    const worker = await PlayedWorker.start(site.store, { id: "doomed" });
    await worker.claim();

    const bare = await site.ask("DELETE /api/workers/doomed/abort/");
    const no = await site.ask("POST /api/workers/doomed/abort/", { body: { confirm: false } });
    const done = await site.ask("DELETE /api/workers/doomed/abort/?confirm=yes");
    const twice = await site.ask("POST /api/workers/doomed/abort?confirm=yes");
    const unknown = await site.ask("POST /api/workers/nope/abort?confirm=yes");
    const shown = await site.ask(`GET /api/tasks/${task.taskId}`);

    expect([bare.status, no.status]).toEqual([400, 400]);
    expect(bare.body.error.message).toContain("Abort requires confirmation (add ?confirm=yes)");
    expect(done.body).toEqual({ status: "success", worker_id: "doomed", tasks: [task.taskId] });
    expect([twice.status, unknown.status]).toEqual([409, 404]);
    expect(shown.body).toMatchObject({ status: "failed", error: { code: "aborted" } });
  });

  it("clean up records of the ended, and tick, by POST alone", async () => {
    const site = await open();
    await PlayedWorker.start(site.store, { id: "ended" });
    await site.ask("POST /api/workers/ended/abort?confirm=yes");
    const byGet = await site.ask("GET /workers/tick/");
    const ticked = await site.ask("POST /workers/tick/");
    const cleaned = await site.ask("POST /api/workers/cleanup/");

    expect(byGet.status).toBe(405);
    expect(ticked.body.workers).toMatchObject([{ worker_id: "ended", state: "FAILED" }]);
    expect(cleaned.body).toEqual({ status: "success", removed: 1 });
  });
});
