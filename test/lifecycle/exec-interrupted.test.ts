import { expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { bestOf } from "../support/best-of.ts";
import { ClxSite } from "../support/clx.ts";
import { GatedProgram } from "../support/gated-program.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { stillThere, tasksOf } from "../support/runs.ts";
import { workersOf } from "../support/services.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "cancels its task and leaves nothing behind when it gets %s",
  async (signal) => {
    const site = new ClxSite();
    const program = new GatedProgram(site.folder);
    const run = site.start(["exec", "--", ...program.argv]);
    const pid = await program.running();

    run.kill(signal);

    const { code, stderr } = await run.end;
    expect(code).toBe(130);
    expect(stderr).toContain(`${signal}: cancelling what is open and stopping the workers`);
    expect(identify(pid)).toBeUndefined();
    expect(await tasksOf(site)).toMatchObject([{ state: "cancelled" }]);
    expect(await stillThere(site)).toEqual({ workers: [], sessions: [] });
  },
);

it("is interrupted cleanly while its workers start", async () => {
  const site = new ClxSite();
  const run = site.start(["exec", "--", "sleep", "60"]);
  await run.says(/starting 1 command worker/);

  run.kill("SIGINT");

  expect(await run.end).toMatchObject({ code: 130 });
  expect(await stillThere(site)).toEqual({ workers: [], sessions: [] });
});

it("ends a stubborn program at the second Ctrl-C", { timeout: 90_000 }, async () => {
  // By itself it would end it after five seconds.
  const took = await bestOf(4_000, async () => {
    const site = new ClxSite();
    const program = new GatedProgram(site.folder, { isStubborn: true });
    const run = site.start(["exec", "--", ...program.argv]);
    const pid = await program.running();

    run.kill("SIGINT");
    await run.says(/once more ends them at once/);
    const asked = performance.now();
    run.kill("SIGINT");

    expect(await run.end).toMatchObject({ code: 130 });
    const ended = performance.now();
    expect(identify(pid)).toBeUndefined();
    expect(await tasksOf(site)).toMatchObject([{ state: "cancelled" }]);
    return ended - asked;
  });

  expect(took).toBeLessThan(4_000);
});

it("leaves nothing behind when it is killed: its worker leaves and cancels its tasks", async () => {
  const site = new ClxSite();
  const program = new GatedProgram(site.folder);
  const tasks = [{ argv: program.argv }, { argv: ["true"] }];
  const run = site.start(["exec", "command", JSON.stringify(tasks), "--bulk"]);
  const pid = await program.running();

  run.kill("SIGKILL");
  await run.end;

  await until(() => identify(pid) === undefined, { what: "the end of the program" });
  await until(async () => (await stillThere(site)).workers.length === 0);
  expect((await tasksOf(site)).map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  expect((await stillThere(site)).sessions).toEqual([]);
});

it("shares a database with another run, each with its own workers and tasks", async () => {
  const site = new ClxSite();
  const programs = [new GatedProgram(site.folder), new GatedProgram(site.folder)];
  const [one, other] = programs.map((program) => site.start(["exec", "--", ...program.argv]));
  for (const program of programs) await program.running();
  const sessions = (await workersOf(site)).map(({ session_id }) => session_id);

  one?.kill("SIGINT");
  const interrupted = await one?.end;
  programs[1]?.release();
  const finished = await other?.end;

  expect(new Set(sessions).size).toBe(2);
  expect(sessions).not.toContain(null);
  expect(interrupted).toMatchObject({ code: 130 });
  expect(finished).toMatchObject({ code: 0, stdout: "running\nreleased\n" });
  expect((await tasksOf(site)).map(({ state }) => state).toSorted()).toEqual([
    "cancelled",
    "completed",
  ]);
});

it("replaces a worker that dies, and sees its task through", async () => {
  const site = new ClxSite();
  const program = new GatedProgram(site.folder);
  const run = site.start(["exec", "--", ...program.argv]);
  await program.running();
  const [worker] = await workersOf(site);

  process.kill(worker?.pid ?? 0, "SIGKILL");
  await run.says(/the task runs again/);
  program.release();

  expect(await run.end).toMatchObject({ code: 0 });
  expect(await tasksOf(site)).toMatchObject([{ state: "completed", attempt: 2 }]);
});

it("ends when nobody reads its output any more", async () => {
  const site = new ClxSite();

  const { code } = await site.pipedIntoNobody(["exec", "--", "sh", "-c", "yes | head -c 9000000"]);

  expect(code).toBe(130);
  expect(await stillThere(site)).toEqual({ workers: [], sessions: [] });
});
