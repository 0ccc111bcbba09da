import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { until } from "../support/until.ts";

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

it("lists tasks newest first, page by page, and by state, type and queue", async () => {
  const site = new ClxSite();
  await site.ok("submit", "resize", "[1,2,3]", "--bulk");
  await site.ok("submit", "convert", "4", "--queue", "heavy", "--run-at", "+1h");

  const all = await site.json<List>("tasks", "list");
  const firstPage = await site.json<List>("tasks", "list", "--limit", "3");
  const secondPage = await site.json<List>("tasks", "list", "--after", String(firstPage.next));
  const heavy = await site.json<List>("tasks", "list", "--queue", "heavy", "--type=convert");
  const failed = await site.json<List>("tasks", "list", "--status=failed,cancelled");

  expect(payloads(all)).toEqual([4, 3, 2, 1]);
  expect(payloads(firstPage)).toEqual([4, 3, 2]);
  expect(payloads(secondPage)).toEqual([1]);
  expect(secondPage.next).toBeNull();
  expect(payloads(heavy)).toEqual([4]);
  expect(failed).toEqual({ tasks: [], next: null, looked_through: null });
});

it("prints one whole line for each task when it is piped", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "echo", "first\nsecond", "x".repeat(200));

  const lines = (await site.ok("tasks", "list")).split("\n");

  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^ID +STATE +TYPE +TRY +AGE +RAN +WHAT$/);
  expect(lines[1]).toMatch(
    new RegExp(`^${id} pending command +0 +\\d+s +echo \\$'first\\\\nsecond' x{200}$`),
  );
});

it("tells everything about a task that failed and ran again", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--attempts", "2", "--", "make", "it");
  const next = await site.ok("submit", "command", "--after", id, "--", "true");
  const worker = await PlayedWorker.start(await site.openStore(), { id: "w1" });
  const failure = {
    kind: "exit_code",
    message: "make exited with code 2",
    exitCode: 2,
    logTail: "no rule\nto make it",
  } as const;
  await worker.settle(await worker.claim(), { kind: "failed", failure });

  const told = await site.ok("tasks", "show", id);
  const json = await site.json("tasks", "show", id);

  expect(told).toContain("does         command: make it");
  expect(told).toMatch(/^state +pending, attempt 1 of at most 2$/m);
  expect(told).toContain("at most 2 attempts whatever fails");
  expect(told).toContain("cause        of attempt 1: exit_code: make exited with code 2");
  expect(told).toMatch(/^why {10}\S/m);
  expect(told).toMatch(/^ {2}1 {2}failed after \S+ on w1, exit_code: make exited with code 2$/m);
  expect(told).toContain("last output\n  no rule\n  to make it");
  expect(told).toContain(`awaited by   ${next} (blocked)`);
  expect(json).toMatchObject({
    id,
    state: "pending",
    waits_because: expect.any(String),
    attempts: [{ number: 1, outcome: "failed", failure: { kind: "exit_code", exit_code: 2 } }],
    dependants: [next],
  });
});

it("keeps odd arguments to one line, and shortens huge ones for people only", async () => {
  const site = new ClxSite();
  const odd = await site.ok("submit", "command", "--", "sh", "-c", "echo one\n\techo 'two'");
  const huge = await site.ok("submit", "command", "--", "echo", "x".repeat(5_000));

  const told = await site.ok("tasks", "show", odd);
  const brief = await site.ok("tasks", "show", huge);
  const list = await site.ok("tasks", "list");

  expect(told).toContain(String.raw`does         command: sh -c $'echo one\n\techo \'two\''`);
  expect(brief).toContain("x… (5005 characters; all of them: --json)");
  expect(list.split("\n")).toHaveLength(3);
  expect(list).toContain("x".repeat(5_000));
});

it("says why a task waits", async () => {
  const site = new ClxSite();
  const first = await site.ok("submit", "command", "--", "true");
  const blocked = await site.ok("submit", "command", "--after", first, "--", "true");

  const lonely = await site.json("tasks", "show", first);
  const waiting = await site.json("tasks", "show", blocked);

  expect(lonely.waits_because).toBe(
    'No live worker takes command tasks of queue default; "clx supervise --type command" starts some.',
  );
  expect(waiting.waits_because).toBe(`It waits for task ${first} to end.`);
});

it("says of a task that runs that its worker has not been heard of for longer than its lease", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "true");
  const store = await site.openStore();
  const worker = await PlayedWorker.start(store);
  await worker.claim();
  const silentSince = async () =>
    (await site.json<{ worker_silent_since: string | null }>("tasks", "show", id))
      .worker_silent_since;

  const atFirst = await silentSince();
  await store.renew({ workerId: worker.id, now: Date.now(), leaseMs: 1_500 });
  const later = await until(silentSince, { what: "the silence of the worker" });
  const shown = await site.ok("tasks", "show", id);

  expect(atFirst).toBeNull();
  expect(Date.parse(later)).toBeLessThan(Date.now() - 1_500);
  expect(shown).toMatch(
    new RegExp(`^silent +its worker ${worker.id} has not been heard of since .* ago\\)`, "m"),
  );
});

it("prints a task's log, its last lines, and its lines as JSON", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "true");
  const worker = await PlayedWorker.start(await site.openStore());
  const lines = ["one", "two", "three"].map((line) => ({ at, stream: "stdout" as const, line }));
  await worker.report(await worker.claim(), { logs: lines });

  expect(await site.ok("tasks", "logs", id)).toBe("one\ntwo\nthree");
  expect(await site.ok("tasks", "logs", id, "--tail", "1")).toBe("three");
  expect(await site.ok("tasks", "logs", id, "--times", "--tail=1")).toMatch(
    /^\d\d:\d\d:\d\d three$/,
  );
  expect(JSON.parse(await site.ok("tasks", "logs", id, "--tail", "1", "--json"))).toEqual({
    cursor: 3,
    attempt: 1,
    at: "2026-01-02T03:04:05.000Z",
    stream: "stdout",
    line: "three",
  });
});

it("follows a log until the task has ended, and exits as it did", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "true");
  const worker = await PlayedWorker.start(await site.openStore());
  const task = await worker.claim();
  const say = (line: string) =>
    worker.report(task, { logs: [{ at: Date.now(), stream: "stdout", line }] });

  await say("one");
  const following = site.start(["tasks", "logs", id, "--follow"]);
  await following.says(/^one$/m);
  await say("two");
  await following.says(/^two$/m);
  await worker.settle(task, {
    kind: "failed",
    failure: { kind: "user_error", message: "the input is empty" },
  });

  expect(await following.end).toMatchObject({
    code: 1,
    stdout: "one\ntwo\n",
    stderr: expect.stringContaining("failed after"),
  });
});

it("cancels at once what waits, and asks the worker of what runs", async () => {
  const site = new ClxSite();
  const runs = await site.ok("submit", "command", "--", "sleep", "60");
  const worker = await PlayedWorker.start(await site.openStore());
  await worker.claim();
  const waits = await site.ok("submit", "command", "--", "true");

  const said = await site.ok("tasks", "cancel", runs, waits, "--reason", "not needed");

  expect(said.split("\n")).toEqual([
    `${runs} is running; its worker has been asked to stop it`,
    `${waits} is cancelled`,
  ]);
  expect(await site.json("tasks", "show", waits)).toMatchObject({
    state: "cancelled",
    cancel_reason: "not needed",
  });
});

it("goes on with the other ids when one is wrong, and exits with that one's code", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "true");

  const { code, stdout, stderr } = await site.run(["tasks", "cancel", "nosuch", id]);

  expect({ code, stdout }).toEqual({ code: 4, stdout: `${id} is cancelled\n` });
  expect(stderr).toBe(
    'clx: no task has the id nosuch; "clx tasks list" shows those there are (clx explain task_not_found)\n',
  );
});

it("does not guess which task an ambiguous start of an id means", async () => {
  const site = new ClxSite();
  const ids = (await site.ok("submit", "x", "[1,2]", "--bulk")).split("\n");

  const { code, stderr } = await site.run(["tasks", "show", "1"]);

  expect(code).toBe(2);
  expect(stderr).toContain('"1" begins more than one id: ');
  for (const id of ids) expect(stderr).toContain(id);
});

it("retries what was cancelled, deletes what has ended, and refuses the rest", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "true");

  const tooEarly = await site.run(["tasks", "retry", id]);
  const alsoTooEarly = await site.run(["tasks", "delete", id]);
  await site.ok("tasks", "cancel", id);
  const retried = await site.ok("tasks", "retry", id);
  await site.ok("tasks", "cancel", id);
  const deleted = await site.json("tasks", "delete", id);

  expect(tooEarly).toMatchObject({ code: 5, stderr: expect.stringContaining("it is pending") });
  expect(alsoTooEarly).toMatchObject({ code: 5, stderr: expect.stringContaining("it is pending") });
  expect(retried).toBe(`${id} is pending again`);
  expect(deleted).toEqual({ id, deleted: true });
  expect(await site.json("tasks", "list")).toEqual({ tasks: [], next: null, looked_through: null });
});

it("waits for the end of tasks and exits as they did", async () => {
  const site = new ClxSite();
  const [good = "", bad = ""] = (await site.ok("submit", "x", "[1,2]", "--bulk")).split("\n");
  const worker = await PlayedWorker.start(await site.openStore(), { type: "x" });
  const both = site.start(["tasks", "wait", good, bad, "--json"]);
  await worker.settle(await worker.claim(), { kind: "completed", result: { answer: 42 } });
  await both.says(/"answer":42/);
  await site.ok("tasks", "cancel", bad);

  const { code, stdout } = await both.end;
  const one = await site.run(["tasks", "wait", good]);

  expect(code).toBe(1);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).state),
  ).toEqual(["completed", "cancelled"]);
  expect(one).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`task ${good} completed after `),
  });
});

it("stops waiting when the time is up, and leaves the task alone", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "true");

  const { code, stderr } = await site.run(["tasks", "wait", id, "--timeout", "200ms"]);

  expect(code).toBe(6);
  expect(stderr).toContain(`the time is up, and task ${id} has not ended; it goes on`);
  expect(await site.json("tasks", "show", id)).toMatchObject({ state: "pending" });
});

it("leaves the task alone when the waiting is interrupted", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "resize", "1");
  const waiting = site.start(["tasks", "wait", id]);
  await waiting.says(/no worker is there for type "resize"/);

  waiting.kill("SIGINT");

  const { code, stderr } = await waiting.end;
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /stopped waiting; task \S+ is not cancelled by that \(see it: "clx tasks show /,
  );
  expect(await site.json("tasks", "list")).toMatchObject({ tasks: [{ state: "pending" }] });
});

it("waits for none of the others once it is interrupted", async () => {
  const site = new ClxSite();
  const ids = (await site.ok("submit", "x", "[1,2]", "--bulk")).split("\n");
  const waiting = site.start(["tasks", "wait", ...ids]);
  await waiting.says(/no worker is there for type "x"/);

  waiting.kill("SIGTERM");

  expect(await waiting.end).toMatchObject({ code: 130 });
});

it("ends quietly when nobody reads its output any more", async () => {
  const site = new ClxSite();
  const payloads = JSON.stringify(Array.from({ length: 2_000 }, () => "x".repeat(99)));
  await site.run(["submit", "resize", "-", "--bulk"], { input: payloads });

  const { code, stderr } = await site.pipedIntoNobody(["tasks", "list", "--limit", "2000"]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

interface List {
  readonly tasks: readonly { readonly payload: unknown }[];
  readonly next: string | null;
}

function payloads({ tasks }: List): unknown[] {
  return tasks.map(({ payload }) => payload);
}
