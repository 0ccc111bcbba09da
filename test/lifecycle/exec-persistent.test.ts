import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { GatedProgram } from "../support/gated-program.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { tasksOf } from "../support/runs.ts";
import { type ShownServices, startServices, workersOf } from "../support/services.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const startedOneAndEnded = /^starting 1 command worker \(direct\)\ntask \S+ completed after \S+\n$/;

it("uses a healthy persistent worker, says which, and leaves it running", async () => {
  const site = new ClxSite();
  const { workers } = await startServices(site);

  const { code, stdout, stderr } = await site.run(["exec", "--", "echo", "hello"]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: "hello\n" });
  const [used, ended] = stderr.split("\n");
  expect(used).toBe(`using 1 command worker that runs already: ${workers[0]?.id}`);
  expect(ended).toMatch(/^task \S+ completed after \S+$/);
  expect(await workersOf(site)).toMatchObject([{ id: workers[0]?.id, jobs_processed: 1 }]);
});

it("waits for one that is being started, and starts none beside it", async () => {
  const site = new ClxSite();
  onTestFinished(async () => void (await site.run(["stop-services", "--force"])));
  writeFileSync(
    join(site.folder, "slow.mjs"),
    `import { existsSync } from "node:fs";
     while (!existsSync(new URL("./go", import.meta.url))) await new Promise((go) => setTimeout(go, 20));
     export default { type: "slow", handle: async () => "done" };`,
  );
  site.writeConfig('[workers.slow]\nhandler = "./slow.mjs"');
  const started = await site.json<ShownServices>("start-services", "--types", "slow");
  const { id = "" } = started.workers[0] ?? {};

  const run = site.start(["submit", "slow", "{}", "--wait"]);
  await until(() => run.stderr.includes("\n"), { what: "the run to say whom it counts on" });
  writeFileSync(join(site.folder, "go"), "");
  const { code, stderr } = await run.end;

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain(`using 1 slow worker that is being started already: ${id}\n`);
  expect(await workersOf(site)).toMatchObject([{ id, jobs_processed: 1 }]);
});

it("starts what is missing when persistent workers are busy", async () => {
  const site = new ClxSite();
  await startServices(site);
  const program = new GatedProgram(site.folder);
  await site.ok("submit", "command", "--", ...program.argv);
  await program.running();

  const { code, stderr } = await site.run(["exec", "--", "true"]);

  expect(code).toBe(0);
  expect(stderr).toMatch(startedOneAndEnded);
});

it.each(["--fresh-workers", "--force-new-workers"])(
  "uses none but its own workers with %s",
  async (flag) => {
    const site = new ClxSite();
    await startServices(site);

    const { code, stderr } = await site.run(["exec", flag, "--", "true"]);

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(startedOneAndEnded),
    });
    expect(await workersOf(site)).toMatchObject([{ jobs_processed: 0 }, { jobs_processed: 1 }]);
  },
);

it("does not count on a worker that looks healthy and takes nothing", async () => {
  const site = new ClxSite();
  const { workers, pid } = await startServices(site);
  const [deaf] = await workersOf(site);
  process.kill(pid, "SIGSTOP");
  process.kill(deaf?.pid ?? 0, "SIGSTOP");

  const { code, stderr } = await site.run(["exec", "--", "true"]);
  process.kill(deaf?.pid ?? 0, "SIGCONT");
  process.kill(pid, "SIGCONT");

  expect(code).toBe(0);
  expect(stderr).toContain(`worker ${workers[0]?.id} does not take what waits for it`);
  expect(stderr).toContain("starting 1 command worker (direct)\n");
});

it("does not count on a worker whose process is gone", async () => {
  const site = new ClxSite();
  const { pid } = await startServices(site);
  const [dead] = await workersOf(site);
  process.kill(pid, "SIGKILL");
  process.kill(dead?.pid ?? 0, "SIGKILL");
  await until(() => identify(dead?.pid ?? 0) === undefined);

  const { code, stderr } = await site.run(["exec", "--", "true"]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(startedOneAndEnded) });
});

it("cancels what a persistent worker does for it, and leaves the worker", async () => {
  const site = new ClxSite();
  const { workers } = await startServices(site);
  const program = new GatedProgram(site.folder);
  const run = site.start(["exec", "--", ...program.argv]);
  const pid = await program.running();

  run.kill("SIGINT");

  expect(await run.end).toMatchObject({ code: 130 });
  expect(identify(pid)).toBeUndefined();
  expect(await tasksOf(site)).toMatchObject([{ state: "cancelled" }]);
  expect(await workersOf(site)).toMatchObject([{ id: workers[0]?.id, state: "idle" }]);
});

it("has its tasks cancelled by the services when it is killed", async () => {
  const site = new ClxSite();
  await startServices(site);
  const program = new GatedProgram(site.folder);
  const run = site.start(["exec", "--", ...program.argv]);
  const pid = await program.running();

  run.kill("SIGKILL");
  await run.end;

  await until(() => identify(pid) === undefined, { what: "the end of the program" });
  await until(async () => (await tasksOf(site))[0]?.state === "cancelled");
});

it("goes on with a worker of its own when the services are stopped meanwhile", async () => {
  const site = new ClxSite();
  await startServices(site);
  const program = new GatedProgram(site.folder);
  const run = site.start(["exec", "--", ...program.argv]);
  await program.running();

  await site.ok("stop-services", "--force");
  await run.says(/starting 1 command worker/);
  program.release();

  expect(await run.end).toMatchObject({ code: 0 });
});

it("leaves its workers for the next run with --no-auto-stop", async () => {
  const site = new ClxSite();

  await site.run(["exec", "--no-auto-stop", "--", "true"]);
  const [left] = await workersOf(site);
  const next = await site.run(["exec", "--", "true"]);
  const stopped = await site.json<{ workers: unknown[] }>("stop-services");

  expect(left).toMatchObject({ state: "idle", session_id: null });
  expect(next.stderr).toContain(`using 1 command worker that runs already: ${left?.id}`);
  expect(stopped.workers).toMatchObject([{ id: left?.id }]);
  expect(identify(left?.pid ?? 0)).toBeUndefined();
});
