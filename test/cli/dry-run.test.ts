import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { allCommands } from "../../src/cli/commands.ts";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { GatedProgram } from "../support/gated-program.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { startServices, workersOf } from "../support/services.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

/** Tasks in five states, and workers in three. */
async function begin() {
  const site = new ClxSite();
  const submit = (...more: string[]) => site.ok("submit", "command", ...more, "--", "true");
  const [completed, failed, running] = [await submit(), await submit(), await submit()];
  const pending = await submit();
  const cancelled = await submit();
  await site.ok("tasks", "cancel", cancelled);
  const store = await site.openStore();
  const worker = await PlayedWorker.start(store, { id: "played-busy" });
  const [first, second] = [await worker.claim(), await worker.claim()];
  await worker.settle(first, { kind: "completed", result: null });
  await worker.settle(second, {
    kind: "failed",
    failure: { kind: "user_error", message: "wrong input" },
  });
  await worker.claim();
  const draining = await PlayedWorker.start(store, { id: "played-draining" });
  await store.changeWorker({ workerId: draining.id, event: "drain", now: Date.now() });
  await PlayedWorker.start(store, { id: "played-idle" });
  const tasks = [completed, failed, running, pending, cancelled];
  return { site, tasks, workers: ["played-busy", "played-draining", "played-idle"] };
}

it.each(["cancel", "retry", "delete"])(
  "tasks %s --dry-run changes nothing, and refuses what would be refused",
  async (action) => {
    const { site, tasks } = await begin();
    const before = await site.json("tasks", "list");

    const dry = await site.run(["--json", "tasks", action, ...tasks, "--dry-run"]);
    const after = await site.json("tasks", "list");
    const real = await site.run(["--json", "tasks", action, ...tasks]);

    expect(after).toEqual(before);
    expect(dry.code).toBe(real.code);
    expect(outcomes(dry.stdout)).toEqual(outcomes(real.stdout));
  },
);

it("workers drain --dry-run changes nothing, and refuses what would be refused", async () => {
  const { site, workers } = await begin();
  const before = await site.json("workers", "list");

  const dry = await site.run(["--json", "workers", "drain", ...workers, "--dry-run"]);
  const after = await site.json("workers", "list");
  const real = await site.run(["--json", "workers", "drain", ...workers]);

  expect(after).toEqual(before);
  expect(dry.code).toBe(real.code);
  expect(outcomes(dry.stdout)).toEqual(outcomes(real.stdout));
});

it("workers abort --dry-run asks nothing and ends nothing", async () => {
  const { site, workers } = await begin();

  const { code, stdout } = await site.run(["workers", "abort", ...workers, "--dry-run"]);

  expect(code).toBe(0);
  expect(stdout.trim().split("\n")).toEqual([
    "would abort played-busy, which is busy",
    "would abort played-draining, which is draining",
    "would abort played-idle, which is idle",
  ]);
});

it.each(["kept", "left by a supervisor that was killed"])(
  "stop-services --dry-run tells what stop-services stops, for workers that are %s",
  async (how) => {
    const site = new ClxSite();
    const { pid } = await startServices(site, "--types", "command", "--command-workers", "2");
    const program = new GatedProgram(site.folder);
    const running = await site.ok("submit", "command", "--", ...program.argv);
    await site.ok("submit", "command", "--run-at", "+1h", "--", "true");
    await taskRuns(site, running);
    if (how !== "kept") await killed(pid);

    const dry = await site.json<Stopped>("stop-services", "--dry-run");
    const words = await site.ok("stop-services", "--dry-run");
    const states = (await workersOf(site)).map(({ state }) => state);
    const real = await site.json<Stopped>("stop-services", "--force");

    expect(states.toSorted()).toEqual(["busy", "idle"]);
    expect(words).toMatch(/^would stop 2 workers/);
    expect([dry.dry_run, real.dry_run]).toEqual([true, false]);
    expect(counts(dry)).toEqual(counts(real));
    expect(counts(dry)).toMatchObject({ openTasks: 2, supervisors: how === "kept" ? [pid] : [] });
  },
);

it("keys revoke --dry-run revokes nothing", async () => {
  const site = new ClxSite();
  await site.ok("keys", "create", "builds", "--role", "viewer");

  const words = await site.ok("keys", "revoke", "builds", "--dry-run");
  const dry = await site.json("keys", "revoke", "builds", "--dry-run");
  const real = await site.json("keys", "revoke", "builds");

  expect(words).toBe('the key "builds" would be revoked');
  expect(dry).toMatchObject({ changed: true, dry_run: true, revoked_at: null });
  expect(real).toMatchObject({ changed: true, dry_run: false, revoked_at: expect.any(String) });
});

it("every command that ends or removes something has a --dry-run", async () => {
  const ends = /\b(cancel|retry|delete|drain|abort|cleanup|prune|revoke|stop)\b/;
  const commands = (await allCommands()).filter(({ name }) => ends.test(name));

  const without = commands.filter(({ options }) => options["dry-run"] === undefined);

  expect(commands.length).toBeGreaterThan(8);
  expect(without.map(({ name }) => name)).toEqual([]);
});

interface Stopped {
  readonly dry_run: boolean;
  readonly supervisor_pids: readonly number[];
  readonly workers: readonly { readonly id: string }[];
  readonly open_tasks: number;
}

function counts({ supervisor_pids, workers, open_tasks }: Stopped) {
  const ids = workers.map(({ id }) => id).toSorted();
  return { ids, supervisors: supervisor_pids, openTasks: open_tasks };
}

async function taskRuns(site: ClxSite, id: string): Promise<void> {
  const store = await site.openStore();
  const runs = async () => (await store.findTask(id))?.state === "running";
  await until(runs, { what: "the task runs" });
}

async function killed(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await until(() => identify(pid) === undefined, { what: `the end of process ${pid}` });
}

/** Of each line whether it is about something done, or a refusal. */
function outcomes(stdout: string): string[] {
  const lines = stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line)).map(({ id, error }) => error?.message ?? id);
}

it.each(["submit", "exec"])(
  "%s --dry-run counts what it was given, and stores nothing",
  async (name) => {
    const site = new ClxSite();
    const many = '[{"argv":["true"]},{"argv":["true"]}]';

    const good = await site.run([name, "command", many, "--bulk", "--dry-run"]);
    const bad = await site.run([name, "command", '[{"argv":[]}]', "--bulk", "--dry-run"]);

    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining("2 command tasks") });
    expect(bad.code).toBe(2);
    expect(existsSync(site.databasePath)).toBe(false);
  },
);
