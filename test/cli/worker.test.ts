import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { identify } from "../../src/machine/process-identity.ts";
import { ClxSite, type RunningClx } from "../support/clx.ts";
import { submitGated } from "../support/gated-task.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("runs a program for a task, and the waiting submit exits as the task ended", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);

  const good = await site.run(["submit", "command", "--wait", "--json", "--", "echo", "hello"]);
  const bad = await site.run(["submit", "command", "--wait", "--", "sh", "-c", "echo no; exit 3"]);

  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({ state: "completed", result: { exitCode: 0 } });
  expect(bad.code).toBe(1);
  expect(bad.stderr).toMatch(/^no\ntask \S+ failed after .*exit code 3/m);
  await leaves(worker);
});

it("follows a program: its stdout to stdout, everything else to stderr", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);
  const script = "echo one; echo two >&2; echo three";

  const followed = await site.run(["submit", "command", "--follow", "--", "sh", "-c", script]);

  expect(followed).toMatchObject({ code: 0, stdout: "one\nthree\n" });
  expect(followed.stderr).toMatch(
    /^using 1 command worker .*\ntask \S+\n(.*\n)?two\n(.*\n)?task \S+ completed after /,
  );
  await leaves(worker);
});

it("finishes its task when it is interrupted once", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);
  const { id, running, release } = await submitGated(site);
  await running();

  worker.kill("SIGINT");
  await worker.says(/SIGINT: finishing what runs, then leaving/);
  const draining = await site.json<Workers>("workers", "list");
  release();

  expect(await worker.end).toMatchObject({ code: 0 });
  expect(draining.workers).toMatchObject([{ state: "draining", task_ids: [id] }]);
  expect(await site.json("tasks", "show", id)).toMatchObject({ state: "completed" });
  expect(await site.json("workers", "list")).toMatchObject({ workers: [{ state: "dead" }] });
});

it("gives its task back when it is interrupted twice, and the attempt does not count", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);
  const { id, running } = await submitGated(site);
  await running();

  worker.kill("SIGTERM");
  await worker.says(/finishing what runs/);
  worker.kill("SIGTERM");

  expect(await worker.end).toMatchObject({ code: 0 });
  expect(await site.json("tasks", "show", id)).toMatchObject({
    state: "pending",
    attempts: [{ outcome: "released" }],
    attempt_limit: 4,
  });
});

it("kills a program that does not listen when it is interrupted twice", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);
  const script = 'trap "" TERM; echo up; while :; do sleep 0.1; done';
  const id = await site.ok("submit", "command", "--", "sh", "-c", script);
  await until(async () => (await site.run(["tasks", "logs", id])).stdout.includes("up"));

  worker.kill("SIGTERM");
  await worker.says(/finishing what runs/);
  worker.kill("SIGTERM");

  await worker.says(/SIGTERM: killing what runs now, and giving it back/);
  expect(await worker.end).toMatchObject({ code: 0 });
  expect(await site.json("tasks", "show", id)).toMatchObject({
    state: "pending",
    attempts: [{ outcome: "released" }],
  });
});

it("leaves when its database is deleted, and exits with 3", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);
  await until(async () => {
    const { workers } = await site.json<{ workers: { state: string }[] }>("workers", "list");
    return workers[0]?.state === "idle";
  });

  rmSync(site.databasePath);

  const { code, stderr } = await worker.end;
  expect(code).toBe(3);
  expect(stderr).toContain("has been deleted, moved or replaced");
});

it("takes over the task of a worker that was killed, whose program it ends first", async () => {
  const site = new ClxSite();
  const first = await startWorker(site);
  const { id, running, release } = await submitGated(site);
  const pid = await running();
  first.kill("SIGKILL");
  await first.end;

  const second = await startWorker(site);
  await until(async () => (await site.json("tasks", "show", id)).attempt === 2, {
    what: "the second attempt",
  });

  expect(identify(pid)).toBeUndefined();
  release();
  const { code } = await site.run(["tasks", "wait", id]);
  expect(code).toBe(0);
  const { attempts } = await site.json<{ attempts: unknown[] }>("tasks", "show", id);
  expect(attempts).toMatchObject([
    { number: 1, outcome: "failed", failure: { kind: "worker_died" } },
    { number: 2, outcome: "completed" },
  ]);
  await leaves(second);
});

it("stops the program of a task that is cancelled, or that runs for too long", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);
  const task = await submitGated(site);
  const pid = await task.running();

  await site.ok("tasks", "cancel", task.id, "--reason", "wrong input");
  const cancelled = await site.run(["tasks", "wait", task.id]);
  const late = await site.run([
    "submit",
    "command",
    "--timeout",
    "0.3",
    "--wait",
    "--",
    "sleep",
    "9",
  ]);

  expect(cancelled).toMatchObject({ code: 1, stderr: expect.stringContaining(": wrong input") });
  expect(identify(pid)).toBeUndefined();
  expect(late).toMatchObject({ code: 1, stderr: expect.stringMatching(/task \S+ failed after /) });
  expect(await site.json("tasks", "list", "--status", "failed")).toMatchObject({
    tasks: [{ failure: { kind: "timed_out" } }],
  });
  await leaves(worker);
});

it("explains what a task waits for while its worker is there: memory, and those ahead", async () => {
  const site = new ClxSite();
  const worker = await startWorker(site);
  const { running, release } = await submitGated(site);
  await running();
  await site.ok("submit", "command", "--priority", "1", "--", "true");

  const second = await site.ok("submit", "command", "--memory", "256m", "--", "true");
  const huge = await site.ok("submit", "command", "--memory", "900t", "--", "true");

  expect(await whyWaits(site, second)).toBe(
    "The worker for it is busy, and 1 task is ahead of it.",
  );
  expect(await whyWaits(site, huge)).toMatch(
    /^It is expected to need 921600\.0 GiB of memory, and only \d+\.\d GiB are free\.$/,
  );
  release();
  await leaves(worker);
});

it("does tasks of a type that a module of the user's defines", async () => {
  const site = new ClxSite();
  writeFileSync(
    join(site.folder, "double.mjs"),
    `export default {
       type: "double",
       async handle(task, ctx) { ctx.log("doubling " + task.payload); return task.payload * 2; },
     };`,
  );
  const worker = await startWorker(site, ["--type", "double", "--handler", "double.mjs"]);

  const task = await site.json("submit", "double", "21", "--wait");
  const printed = await site.ok("submit", "double", "22", "--wait");

  expect(task).toMatchObject({ state: "completed", result: 42 });
  expect(printed).toBe("44");
  await leaves(worker);
});

it.each([
  [[], 2, "say which tasks it does: --type command"],
  [["--type", "comand"], 2, 'there is no worker type "comand"; did you mean command?'],
  [["--type", "x", "--handler", "no.mjs"], 2, "there is no module "],
  [["--type", "command", "--concurrency", "0"], 2, '--concurrency is "0", but must be'],
  [["--type", "command", "--memory", "lots"], 2, '--memory is "lots", which is no size'],
  [
    ["--type", "x", "--handler", "other.mjs"],
    2,
    'defines workers of type "y", and "x" was asked for',
  ],
  [["--type", "x", "--handler", "broken.mjs"], 2, "cannot be loaded"],
])("refuses worker %j with exit code %i and says why", async (args, code, message) => {
  const site = new ClxSite();
  writeFileSync(join(site.folder, "other.mjs"), 'export default { type: "y", handle() {} };');
  writeFileSync(join(site.folder, "broken.mjs"), "this is no JavaScript");

  const outcome = await site.run(["worker", ...args]);

  expect(outcome.stderr).toContain(message);
  expect(outcome.code).toBe(code);
});

interface Workers {
  readonly workers: readonly Record<string, unknown>[];
}

async function startWorker(site: ClxSite, args = ["--type", "command"]): Promise<RunningClx> {
  const worker = site.start(["worker", ...args]);
  await worker.says(/worker \S+ takes /m);
  return worker;
}

async function whyWaits(site: ClxSite, id: string): Promise<unknown> {
  return (await site.json("tasks", "show", id)).waits_because;
}

async function leaves(worker: RunningClx): Promise<void> {
  worker.kill("SIGTERM");
  expect(await worker.end).toMatchObject({ code: 0 });
}
