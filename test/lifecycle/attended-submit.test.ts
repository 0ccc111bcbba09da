import { expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite } from "../support/clx.ts";
import { GatedProgram } from "../support/gated-program.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { startServices, workersOf } from "../support/services.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("starts a worker for a task that is waited for when there is none", async () => {
  const site = new ClxSite();

  const outcome = await site.run(["submit", "command", "--follow", "--", "echo", "hello"]);

  expect(outcome).toMatchObject({ code: 0, stdout: "hello\n" });
  expect(outcome.stderr).toContain("starting 1 command worker (direct)\n");
  expect(await liveWorkers(site)).toEqual([]);
});

it("uses a worker that is there, and says which", async () => {
  const site = new ClxSite();
  const { workers } = await startServices(site);

  const { code, stderr } = await site.run(["submit", "command", "--wait", "--", "true"]);

  expect(code).toBe(0);
  expect(stderr).toContain(`using 1 command worker that runs already: ${workers[0]?.id}\n`);
  expect(stderr).not.toContain("starting");
});

it("starts nothing for a task that nobody waits for", async () => {
  const site = new ClxSite();

  await site.ok("submit", "command", "--", "true");

  expect(await workersOf(site)).toEqual([]);
});

it("submits nothing when there is no worker and none may be started, and says what to do", async () => {
  const site = new ClxSite();
  site.writeConfig("[workers]\nauto_start = false");

  const { code, stderr } = await site.run(["submit", "command", "--wait", "--", "true"]);

  expect(code).toBe(3);
  expect(stderr).toContain(
    'no healthy command worker takes tasks of queue "default", and none is started (auto_start = false, ',
  );
  expect(stderr).toContain("config.toml:2)");
  expect(stderr).toContain('"clx start-services --types command"');
  expect(await site.json("tasks", "list")).toMatchObject({ tasks: [] });
});

it("waits for the workers there are with --no-auto-start", async () => {
  const site = new ClxSite();
  await startServices(site);

  const { code } = await site.run(["submit", "command", "--wait", "--no-auto-start", "--", "true"]);

  expect(code).toBe(0);
});

it("takes no other task once it has the one that is waited for", async () => {
  const site = new ClxSite();
  const program = new GatedProgram(site.folder);
  const waiting = site.start(["submit", "command", "--wait", "--", ...program.argv]);
  await program.running();
  await until(async () => (await workersOf(site)).some(({ state }) => state === "draining"));
  const other = await site.ok("submit", "command", "--", "true");

  program.release();

  expect(await waiting.end).toMatchObject({ code: 0 });
  expect(await site.json("tasks", "show", other)).toMatchObject({ state: "pending", attempt: 0 });
});

it("starts another worker when the first one dies with the task", async () => {
  const site = new ClxSite();
  const program = new GatedProgram(site.folder);
  const waiting = site.start(["submit", "command", "--wait", "--", ...program.argv]);
  await program.running();
  const [victim] = await workersOf(site);

  process.kill(victim?.pid ?? 0, "SIGKILL");
  await until(async () => (await workersOf(site)).some(({ id }) => id !== victim?.id));
  program.release();

  expect(await waiting.end).toMatchObject({ code: 0 });
});

it.each(["SIGINT", "SIGKILL"] as const)(
  "gives the task back when the waiting ends by %s, and leaves no worker",
  async (signal) => {
    const site = new ClxSite();
    const program = new GatedProgram(site.folder);
    const waiting = site.start(["submit", "command", "--wait", "--", ...program.argv]);
    const pid = await program.running();

    waiting.kill(signal);
    const { code, stderr } = await waiting.end;

    await until(() => identify(pid) === undefined);
    await until(async () => (await liveWorkers(site)).length === 0);
    expect(await site.json("tasks", "list")).toMatchObject({ tasks: [{ state: "pending" }] });
    if (signal === "SIGKILL") return;
    expect(code).toBe(130);
    expect(stderr).toContain("its worker leaves with this command, and the task waits for another");
  },
);

it("leaves its worker running with --no-auto-stop", async () => {
  const site = new ClxSite();

  const { code } = await site.run(["submit", "command", "--wait", "--no-auto-stop", "--", "true"]);
  const left = await liveWorkers(site);
  await site.ok("stop-services");

  expect(code).toBe(0);
  expect(left).toHaveLength(1);
});

it("starts its worker when a task that waits for another is due", async () => {
  const site = new ClxSite();
  const before = performance.now();

  const { code } = await site.run(["submit", "command", "--wait", "--run-at", "+1s", "--", "true"]);

  expect(code).toBe(0);
  expect(performance.now() - before).toBeGreaterThan(1_000);
});

async function liveWorkers(site: ClxSite) {
  const live = ["created", "idle", "busy", "draining", "hung"];
  return (await workersOf(site)).filter(({ state }) => live.includes(state));
}

it.each([
  { option: "--run-at", value: "+1h" },
  { option: "--after", value: undefined },
])(
  "refuses a type that nobody knows at once, also for a task that waits first ($option)",
  async ({ option, value }) => {
    const site = new ClxSite();
    const other = await site.ok("submit", "command", "--run-at", "+1h", "--", "true");

    const { code, stderr } = await site.run([
      ...["submit", "nosuch", "{}", "--wait", option, value ?? other],
    ]);

    expect(code).toBe(2);
    expect(stderr).toContain('there is no worker type "nosuch"');
    expect(await site.json("tasks", "list")).toMatchObject({ tasks: [{ id: other }] });
  },
);
