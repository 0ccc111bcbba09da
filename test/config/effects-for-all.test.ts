import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { possiblePool } from "../../src/cli/workers/wanted-pool.ts";
import { resolvePool } from "../../src/config/pool-settings.ts";
import { rootKeys, workersKeys } from "../../src/config/schema/keys.ts";
import { resolveWorkerPolicy } from "../../src/config/worker-policy.ts";
import { configuredPool } from "../../src/library/configured-pool.ts";
import { configuredSupervisor } from "../../src/library/configured-supervisor.ts";
import { ConfigSite } from "../support/config-site.ts";
import { ConfiguredSite } from "../support/configured-site.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { SupervisorStage } from "../support/supervisor-stage.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

/** For each key outside the tables of worker types: what it changes, seen from outside. */
const effects: Readonly<Record<string, readonly [statement: string, prove: () => Promise<void>]>> =
  {
    db_path: ["is where tasks go", databaseElsewhere],
    default_execution_mode: ["says how workers run", inlineWorkers],
    default_worker_count: ["says how many there are", twoWorkers],
    auto_start: ["off: a run starts no workers", noAutoStart],
    auto_stop: ["off: workers stay when their run ends", noAutoStop],
    reuse_workers: ["off: a run starts workers although others are idle", freshWorkers],
    startup_timeout: ["ends a worker that does not get ready", neverReady],
    startup_parallel: ["says how many may be starting at once", oneStartsAtATime],
    startup_retries: ["says when a pool gives up", givesUpAfterTwo],
    max_workers: ["caps what is added by hand, and nothing else", noMoreByHand],
    heartbeat_interval: ["says how often a worker beats", quickBeats],
    log_dir: ["is where the log of each worker is", logsElsewhere],
    queue_name: ["is the queue of tasks and of workers", queueOfItsOwn],
    cleanup_age: ["says how long ended workers are kept", endedAreForgotten],
    concurrency: ["lets a worker do several tasks at once", twoAtOnce],
    docker_network: ["is the network of containers", networkOfContainers],
    docker_link: ["says how containers reach the store", linkOfContainers],
    docker_pull: ["off: missing images are not pulled", noPull],
    docker_workspace: ["is what containers may write", workspaceOfContainers],
    task_timeout: ["ends an attempt that takes longer", tooLong],
  };

it.each(
  Object.entries(effects).map(([key, [statement, prove]]) => [key, statement, prove] as const),
)("%s %s", async (_key, _statement, prove) => {
  await prove();
});

it("is shown here for every key", () => {
  expect(Object.keys(effects)).toEqual(Object.keys({ ...rootKeys, ...workersKeys }));
});

async function databaseElsewhere() {
  const site = new ConfiguredSite('db_path = "elsewhere.db"');

  await site.submit("true");

  expect(existsSync(join(site.folder, "elsewhere.db"))).toBe(true);
  expect(existsSync(site.databasePath)).toBe(false);
}

async function inlineWorkers() {
  const site = new ConfiguredSite('[workers]\ndefault_execution_mode = "inline"');

  const supervisor = await site.supervise();

  expect(await site.workers()).toMatchObject([
    { mode: "inline", process: { pid: supervisor.pid } },
  ]);
  await site.stop(supervisor);
}

async function twoWorkers() {
  const site = new ConfiguredSite("[workers]\ndefault_worker_count = 2");

  const supervisor = await site.supervise();

  expect(await site.workers()).toHaveLength(2);
  await site.stop(supervisor);
}

async function noAutoStart() {
  const site = new ConfiguredSite("[workers]\nauto_start = false");

  const { code, stderr } = await site.run(["exec", "--", "true"]);

  expect(code).toBe(3);
  expect(stderr).toContain("auto_start = false");
}

async function noAutoStop() {
  const site = new ConfiguredSite("[workers]\nauto_stop = false");

  const { code } = await site.run(["exec", "--", "true"]);

  expect(code).toBe(0);
  expect(await site.workers()).toMatchObject([{ persistent: true, state: "idle" }]);
  await site.ok("workers", "cleanup", "--all", "--force");
}

async function freshWorkers() {
  const site = new ConfiguredSite("[workers]\nreuse_workers = false");
  const supervisor = await site.supervise();

  await site.run(["exec", "--", "true"]);

  expect(await site.workers()).toHaveLength(2);
  await site.stop(supervisor);
}

async function neverReady() {
  const site = new ConfiguredSite("[workers]\nstartup_timeout = 0.3\nstartup_retries = 0").write(
    "sleeper.mjs",
    "setInterval(() => {}, 1_000); await new Promise(() => {});",
  );

  const { code, stderr } = await site.run([
    ...["supervise", "--type", "x", "--handler", "sleeper.mjs", "--force"],
  ]);

  expect(code).toBe(3);
  expect(stderr).toContain("it was not ready within 300 ms");
}

async function oneStartsAtATime() {
  const site = new ConfiguredSite("[workers]\nstartup_parallel = 1\ndefault_worker_count = 2");
  const supervisor = await site.supervise();
  await site.stop(supervisor);

  const [first, second] = await site.workers();

  expect(second?.registeredAt).toBeGreaterThanOrEqual(first?.activatedAt ?? Number.NaN);
}

async function givesUpAfterTwo() {
  const site = new ConfiguredSite("[workers]\nstartup_retries = 1").write(
    "broken.mjs",
    "export default { type: 'x', open() { throw new Error('no licence'); }, handle() {} };",
  );

  const { code, stderr } = await site.run([
    ...["supervise", "--type", "x", "--handler", "broken.mjs", "--force"],
  ]);

  expect(code).toBe(3);
  expect(stderr).toContain("(1 restart is allowed)");
  expect(await site.workers()).toHaveLength(2);
}

async function noMoreByHand() {
  const site = new ConfigSite().write(
    "project",
    "[workers]\nmax_workers = 2\n[workers.command]\ncount = 2",
  );
  const config = await site.load();
  const stage = await SupervisorStage.open();
  const executor = stage.scripted();
  const pool = configuredPool(resolvePool(config, "command"), { persistent: false, cwd: "." });
  const supervisor = await stage.settled(
    executor,
    [{ ...pool, mode: executor.mode, handler: "file:///none.js", expectedMemory: 1 }],
    configuredSupervisor(resolveWorkerPolicy(config), stage.path),
  );

  expect(executor.running).toHaveLength(2);
  await expect(supervisor.addWorker({ type: "command" })).rejects.toThrow(
    "the cap for workers added by hand is 2",
  );
}

async function quickBeats() {
  const site = new ConfiguredSite("[workers]\nheartbeat_interval = 0.05");
  const supervisor = await site.supervise();

  const worker = await until(async () => (await site.workers()).find(({ beats }) => beats >= 5));

  const { beats, heartbeatAt = 0, activatedAt = 0, leasedUntil = 0 } = worker;
  expect((heartbeatAt - activatedAt) / beats).toBeLessThan(1_000);
  expect(leasedUntil - heartbeatAt).toBe(150);
  await site.stop(supervisor);
}

async function logsElsewhere() {
  const site = new ConfiguredSite('[workers]\nlog_dir = "my-logs"');

  await site.stop(await site.supervise());

  const [worker] = await site.workers();
  expect(readdirSync(join(site.folder, "my-logs"))).toEqual([`worker_${worker?.id}.log`]);
}

async function queueOfItsOwn() {
  const site = new ConfiguredSite('[workers]\nqueue_name = "heavy"');
  const own = await site.submit("true");
  const other = await site.ok("submit", "command", "--queue", "light", "--", "true");

  const { code } = await site.workOff();

  expect(code).toBe(0);
  expect(await site.task(own)).toMatchObject({ state: "completed", queue: "heavy" });
  expect(await site.task(other)).toMatchObject({ state: "pending", queue: "light" });
}

async function endedAreForgotten() {
  const site = new ConfiguredSite("[workers]\ncleanup_age = 60");
  const minuteMs = 60_000;
  await ended(site, { id: "long-ago", at: Date.now() - 2 * minuteMs });
  await ended(site, { id: "just-now", at: Date.now() });

  await site.stop(await site.supervise());

  const ids = (await site.workers()).map(({ id }) => id);
  expect(ids).toContain("just-now");
  expect(ids).not.toContain("long-ago");
}

async function ended(site: ConfiguredSite, { id, at }: { id: string; at: number }): Promise<void> {
  const store = await site.store();
  await PlayedWorker.start(store, { id });
  const tasks = { kind: "released" } as const;
  const ending = { reason: "it left" };
  await store.endWorker({ workerId: id, event: "leave", ending, tasks, now: at, jitter: 0 });
}

async function twoAtOnce() {
  const site = new ConfiguredSite("[workers]\nconcurrency = 2");
  const programs = [site.gated(), site.gated()];
  for (const { argv } of programs) await site.submit(...argv);
  const supervisor = await site.supervise();

  for (const program of programs) await program.running();

  expect(await site.workers()).toMatchObject([{ concurrency: 2 }]);
  for (const program of programs) program.release();
  await site.stop(supervisor);
}

async function poolOfContainers(setting: string) {
  const site = new ConfigSite().write(
    "project",
    `[workers]\n${setting}\n[workers.command]\nexecution_mode = "docker"\nimage = "some:1"`,
  );
  const config = await site.load();
  return possiblePool({ config, type: "command", persistent: false, cwd: site.project });
}

async function networkOfContainers() {
  const { container } = await poolOfContainers('docker_network = "mine"');

  expect(container).toMatchObject({ network: "mine" });
}

async function linkOfContainers() {
  const { container } = await poolOfContainers('docker_link = "database"');

  expect(container).toMatchObject({ link: "database" });
}

async function noPull() {
  const { container } = await poolOfContainers("docker_pull = false");

  expect(container).toMatchObject({ pull: "never" });
}

async function workspaceOfContainers() {
  const { folders = [] } = await poolOfContainers('docker_workspace = ["results"]');

  const written = folders.filter(({ access }) => access === "write");
  expect(written.map(({ path }) => path)).toEqual([expect.stringMatching(/results$/)]);
  expect(existsSync(written[0]?.path ?? "")).toBe(true);
}

async function tooLong() {
  const site = new ConfiguredSite("[workers]\ntask_timeout = 0.3");
  const id = await site.submit("sleep", "60");

  const { code } = await site.workOff();

  expect(code).toBe(1);
  expect(await site.task(id)).toMatchObject({ failure: { kind: "timed_out" } });
}
