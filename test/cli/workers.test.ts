import { expect, it } from "vitest";
import { identify, ownIdentity } from "../../src/machine/process-identity.ts";
import { ClxSite, type RunningClx } from "../support/clx.ts";
import { submitGated } from "../support/gated-task.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("lists workers with state, mode, jobs processed and uptime", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "true");
  const worker = await PlayedWorker.start(await site.openStore(), {
    id: "direct-command-0-1a2b3c4d",
  });
  await worker.settle(await worker.claim(), { kind: "completed" });

  const lines = (await site.ok("workers", "list")).split("\n");
  const idle = await site.json<Workers>("workers", "list", "--status=idle,busy");
  const dead = await site.json<Workers>("workers", "list", "--status=dead");

  expect(lines[0]).toBe("ID                        TYPE    STATE MODE   JOBS UPTIME BEAT MEMORY");
  expect(lines[1]).toMatch(/^direct-command-0-1a2b3c4d command idle +direct +1 +\d+s +\d+s$/);
  expect(idle.workers).toMatchObject([{ state: "idle", jobs_processed: 1, tasks_completed: 1 }]);
  expect(dead.workers).toEqual([]);
});

it("refuses a state that no worker can have", async () => {
  const site = new ClxSite();

  const { code, stderr } = await site.run(["workers", "list", "--status", "ilde"]);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'clx: --status is "ilde"; did you mean idle? (clx explain usage)\n',
  });
});

it("drains a worker: it finishes its task and leaves", async () => {
  const site = new ClxSite();
  const { worker, id } = await startWorker(site);
  const task = await submitGated(site);
  await task.running();

  const said = await site.ok("workers", "drain", id.slice(0, -3));
  task.release();

  expect(said).toBe(`${id} is draining: it finishes its task, then it leaves`);
  expect(await worker.end).toMatchObject({ code: 0 });
  expect(await site.json("tasks", "show", task.id)).toMatchObject({ state: "completed" });
});

it("aborts a worker with all its processes, and its task fails at once", async () => {
  const site = new ClxSite();
  const { worker, id } = await startWorker(site);
  const task = await submitGated(site);
  const pid = await task.running();

  const said = await site.ok("workers", "abort", id, "--yes");

  expect(said).toBe(`${id} is aborted; none of its processes is left`);
  expect(identify(pid)).toBeUndefined();
  expect(identify(worker.pid)).toBeUndefined();
  expect(await site.json("tasks", "show", task.id)).toMatchObject({
    state: "failed",
    failure: { kind: "aborted", message: expect.stringContaining(id) },
  });
  expect(await site.json("workers", "list")).toMatchObject({ workers: [{ id, state: "failed" }] });
});

it("aborts a worker and lets its task run again", async () => {
  const site = new ClxSite();
  const { id } = await startWorker(site);
  const task = await submitGated(site);
  await task.running();

  await site.ok("workers", "abort", id, "--requeue", "--force");

  expect(await site.json("tasks", "show", task.id)).toMatchObject({
    state: "pending",
    attempts: [{ outcome: "released" }],
  });
});

it("aborts nothing that was not confirmed, not there, or has ended", async () => {
  const site = new ClxSite();
  const { worker, id } = await startWorker(site);

  const unconfirmed = await site.run(["workers", "abort", id]);
  const unknown = await site.run(["workers", "abort", "nosuch", "--yes"]);
  await site.ok("workers", "drain", id);
  await worker.end;
  const ended = await site.run(["workers", "abort", id, "--yes"]);

  expect(unconfirmed).toMatchObject({
    code: 2,
    stderr: `clx: abort worker ${id}: add --yes to confirm (clx explain usage)\n`,
  });
  expect(unknown).toMatchObject({ code: 4 });
  expect(ended).toMatchObject({
    code: 5,
    stderr: `clx: cannot abort worker ${id}: it is dead (clx explain illegal_transition)\n`,
  });
});

it("names a few of the tasks that a worker has before it aborts it, those that have begun first", async () => {
  const site = new ClxSite();
  const ids: string[] = [];
  for (let number = 1; number <= 5; number++) {
    ids.push(await site.ok("submit", "command", "--priority", `${number}`, "--", "true"));
  }
  const store = await site.openStore();
  const { id: workerId } = await PlayedWorker.start(store);
  await store.claim({ workerId, limit: 2, ahead: 3, now: Date.now() });

  const { stderr } = await site.run(["workers", "abort", workerId]);

  const few = [ids[3], ids[4], ids[0]].join(", ");
  expect(stderr).toContain(`(${few} + 2 more, which it runs, fail)`);
});

it("cleans up after a worker that was killed: its program, its row, and its task goes back", async () => {
  const site = new ClxSite();
  const { worker, id } = await startWorker(site);
  const task = await submitGated(site);
  const pid = await task.running();
  worker.kill("SIGKILL");
  await worker.end;

  const foretold = await site.ok("workers", "cleanup", "--dry-run");
  expect((await site.json<Workers>("workers", "list")).workers).toMatchObject([{ id }]);
  expect(identify(pid)).toBeDefined();

  const said = await site.ok("workers", "cleanup");

  expect(foretold.split("\n")).toEqual([
    `${id} would be ended: its process is gone`,
    "1 record of ended workers would be removed",
  ]);
  expect(said.split("\n")).toEqual([
    `${id} is ended: its process is gone`,
    "removed 1 record of ended workers",
  ]);
  expect(identify(pid)).toBeUndefined();
  expect(await site.json("tasks", "show", task.id)).toMatchObject({
    state: "pending",
    attempts: [{ failure: { kind: "worker_died" } }],
  });
  expect(await site.json("workers", "list")).toEqual({ workers: [] });
});

it("leaves healthy workers alone unless it is told to end all, and that is confirmed", async () => {
  const site = new ClxSite();
  const { worker, id } = await startWorker(site);

  const mild = await site.json("workers", "cleanup");
  const foretold = await site.json("workers", "cleanup", "--all", "--dry-run");
  const unconfirmed = await site.run(["workers", "cleanup", "--all"]);
  const all = await site.json("workers", "cleanup", "--all", "--force");

  expect(mild).toEqual({ dry_run: false, ended_workers: [], removed_records: 0 });
  expect(foretold).toEqual({
    dry_run: true,
    ended_workers: [{ id, reason: "all workers end" }],
    removed_records: 1,
  });
  expect(unconfirmed).toMatchObject({
    code: 2,
    stderr:
      "clx: end 1 live worker and let its tasks run again: add --force to confirm (clx explain usage)\n",
  });
  expect(all).toMatchObject({ ended_workers: [{ id }], removed_records: 1 });
  expect(await worker.end).toMatchObject({ signal: "SIGKILL" });
});

it("ends a hung worker", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "true");
  const store = await site.openStore();
  const { host } = ownIdentity();
  const gone = { pid: 2 ** 22, startedAt: "never", host };
  const worker = await PlayedWorker.start(store, { id: "silent", process: gone });
  await worker.claim();
  await store.changeWorker({ workerId: "silent", event: "hang", now: Date.now() });

  const cleaned = await site.json("workers", "cleanup");

  expect(cleaned).toMatchObject({ ended_workers: [{ id: "silent" }], removed_records: 1 });
  expect(await site.json("tasks", "list")).toMatchObject({ tasks: [{ state: "pending" }] });
});

interface Workers {
  readonly workers: readonly Record<string, unknown>[];
}

async function startWorker(site: ClxSite): Promise<{ worker: RunningClx; id: string }> {
  const worker = site.start(["worker", "--type", "command"]);
  await worker.says(/worker \S+ takes /m);
  const ready = await until(async () => {
    const { workers } = await site.json<Workers>("workers", "list", "--status=idle");
    return workers[0];
  });
  return { worker, id: String(ready.id) };
}
