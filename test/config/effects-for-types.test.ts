import { expect, it } from "vitest";
import { resolvePool } from "../../src/config/pool-settings.ts";
import { ownTypeKeys, typeKeys } from "../../src/config/schema/keys.ts";
import { defaultContainer } from "../../src/domain/container-settings.ts";
import { containerOptions } from "../../src/executor/docker/container-options.ts";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import { ConfigSite } from "../support/config-site.ts";
import { ConfiguredSite } from "../support/configured-site.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { orderFor } from "../support/start-order.ts";

forbidProcessLeaks();

/** For each key of the tables of worker types: what it changes, seen from outside. */
const effects: Readonly<Record<string, readonly [statement: string, prove: () => Promise<void>]>> =
  {
    execution_mode: ["says how the workers of this type run", inlineWorkers],
    count: ["says how many of them there are", twoWorkers],
    concurrency: ["lets them do several tasks at once", twoAtOnce],
    max_job_time: ["ends an attempt at a task of theirs that takes longer", tooLong],
    expected_memory: ["keeps them from starting where it is not free", noRoom],
    memory_limit: ["ends a task that needs more", tooLarge],
    image: ["is what docker mode cannot do without", noImage],
    cpus: ["limit the cores of their containers", coresOfContainers],
    pids_limit: ["limits the processes of their containers", processesOfContainers],
    settings: ["reach the handler", settingsForHandler],
    handler: ["is the module that does the tasks", settingsForHandler],
    command: ["is the program that does the tasks", ownProgram],
  };

it.each(
  Object.entries(effects).map(([key, [statement, prove]]) => [key, statement, prove] as const),
)("%s %s", async (_key, _statement, prove) => {
  await prove();
});

it("is shown here for every key", () => {
  expect(Object.keys(effects)).toEqual(Object.keys({ ...typeKeys, ...ownTypeKeys }));
});

async function inlineWorkers() {
  const site = new ConfiguredSite('[workers.command]\nexecution_mode = "inline"');

  const supervisor = await site.supervise();

  expect(await site.workers()).toMatchObject([
    { mode: "inline", process: { pid: supervisor.pid } },
  ]);
  await site.stop(supervisor);
}

async function twoWorkers() {
  const site = new ConfiguredSite("[workers.command]\ncount = 2");

  const supervisor = await site.supervise();

  expect(await site.workers()).toHaveLength(2);
  await site.stop(supervisor);
}

async function twoAtOnce() {
  const site = new ConfiguredSite("[workers.command]\nconcurrency = 2");
  const programs = [site.gated(), site.gated()];
  for (const { argv } of programs) await site.submit(...argv);
  const supervisor = await site.supervise();

  for (const program of programs) await program.running();

  expect(await site.workers()).toMatchObject([{ concurrency: 2 }]);
  for (const program of programs) program.release();
  await site.stop(supervisor);
}

async function tooLong() {
  const site = new ConfiguredSite(
    "[workers]\ntask_timeout = 60\n[workers.command]\nmax_job_time = 0.3",
  );
  const id = await site.submit("sleep", "60");
  const other = await site.ok("submit", "x", "1");

  const { code } = await site.workOff();

  expect(code).toBe(1);
  expect(await site.task(id)).toMatchObject({ failure: { kind: "timed_out" }, timeoutMs: 300 });
  expect(await site.task(other)).toMatchObject({ timeoutMs: 60_000 });
}

async function noRoom() {
  const site = new ConfiguredSite('[workers.command]\nexpected_memory = "900t"');
  const supervisor = site.start(["supervise", "--type", "command"]);

  await supervisor.says(/admission_refused command: .* is expected to need 921600\.0 GiB/);

  expect(await site.workers()).toEqual([]);
  await site.stop(supervisor);
}

async function tooLarge() {
  const site = new ConfiguredSite('[workers.command]\nmemory_limit = "250m"');
  const hoard = "const held = Buffer.alloc(4e8, 1); setTimeout(() => held, 60_000)";
  const id = await site.ok(
    ...["submit", "command", "--attempts", "1", "--", process.execPath, "--eval", hoard],
  );

  const { code } = await site.workOff();

  expect(code).toBe(1);
  expect(await site.task(id)).toMatchObject({ failure: { kind: "out_of_memory" } });
}

async function coresOfContainers() {
  expect((await containerWith("cpus = 1.5")).HostConfig).toMatchObject({ NanoCpus: 1.5e9 });
}

async function processesOfContainers() {
  expect((await containerWith("pids_limit = 99")).HostConfig).toMatchObject({ PidsLimit: 99 });
}

/** What the engine is told to make. */
async function containerWith(line: string) {
  const site = new ConfigSite().write(
    "project",
    `[workers.command]\nexecution_mode = "docker"\nimage = "busybox"\n${line}\n`,
  );
  const { container = defaultContainer, image = "" } = resolvePool(await site.load(), "command");
  return containerOptions({
    ...{ order: orderFor("w1"), image, settings: container, network: container.network },
    ...{ entry: "main.js", user: "1:1", supervisor: ownIdentity(), host: "linux" },
    traits: { isRootless: false, hasSelinux: false, isDesktop: false },
  });
}

async function noImage() {
  const docker = '[workers.command]\nexecution_mode = "docker"\n';
  const without = new ConfiguredSite(docker);
  const withImage = new ConfiguredSite(`${docker}image = "busybox"`);

  const refused = await without.workOff();
  const passed = await withImage.workOff();

  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toMatch(
    /config\.toml:2:1: command workers .* set workers\.command\.image/,
  );
  expect(passed.stderr).not.toContain("no image");
}

async function settingsForHandler() {
  const site = new ConfiguredSite(
    '[workers.shrink]\nhandler = "./shrink.mjs"\nsettings = { factor = 7 }',
  ).write(
    "shrink.mjs",
    `let factor = 1;
     export default {
       type: "shrink",
       open({ settings }) { factor = settings.factor; },
       async handle(task) { return task.payload.width / factor; },
     };`,
  );
  const id = await site.ok("submit", "shrink", '{"width": 21}');

  const { code } = await site.workOff("shrink");

  expect(code).toBe(0);
  expect(await site.task(id)).toMatchObject({ state: "completed", result: 3 });
}

async function ownProgram() {
  const program = JSON.stringify([process.execPath, "./double.cjs"]);
  const site = new ConfiguredSite(`[workers.double]\ncommand = ${program}`).write(
    "double.cjs",
    `const { width } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
     require("node:fs").writeSync(3, JSON.stringify({ result: 2 * width }) + "\\n");`,
  );
  const id = await site.ok("submit", "double", '{"width": 21}');

  const { code } = await site.workOff("double");

  expect(code).toBe(0);
  expect(await site.task(id)).toMatchObject({ state: "completed", result: 42 });
}
