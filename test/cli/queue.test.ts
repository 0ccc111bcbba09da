import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

interface Queues {
  readonly queues: readonly { readonly queue: string; readonly paused: boolean }[];
  readonly pauses: readonly Record<string, unknown>[];
}

it("holds tasks back until they are let go, and a waiting run goes on at once", async () => {
  const site = new ClxSite();
  await site.ok("queue", "pause", "--queue", "default", "--reason", "new fonts");
  const run = site.start(["submit", "command", "--wait", "--", "true"]);
  const store = await site.openStore();
  await new Promise<void>((resolve) => {
    const watch = store.watch([{ kind: "changes" }], async () => {
      const live = await store.listWorkers({ states: ["idle"] });
      if (live.length === 0) return;
      watch.close();
      resolve();
    });
  });
  const [task] = (await store.listTasks({ limit: 1 })).items;

  const why = await site.json("tasks", "show", task?.id ?? "");
  const resumed = await site.ok("queue", "resume", "--queue", "default");
  const { code } = await run.end;

  expect(why).toMatchObject({ state: "pending" });
  expect(why.waits_because).toMatch(
    /^Tasks of queue default are held back since .* \(by .*: new fonts\); "clx queue resume --queue default" lets them go on\.$/,
  );
  expect(resumed).toBe("tasks of queue default go on");
  expect(code).toBe(0);
});

it("shows each queue, whether it goes on, and who holds back what and why", async () => {
  const site = new ClxSite();
  await site.ok("submit", "resize", "[1,2]", "--bulk");
  await site.ok("submit", "convert", "3", "--queue", "slow");
  await site.ok("queue", "pause", "--type", "resize", "--reason", "disk is full");

  const table = await site.ok("queue", "list");
  const { queues, pauses } = await site.json<Queues>("queue", "list");

  const { username } = userInfo();
  expect(table).toMatch(/^QUEUE +TYPE +BLOCKED +PENDING +RUNNING +OLDEST +GOES ON\n/);
  expect(table).toMatch(
    /\ndefault +resize +0 +2 +0 +\S+ +held back\nslow +convert +0 +1 +0 .* yes\n/,
  );
  expect(table).toContain(
    `(by ${username}: disk is full); to go on: clx queue resume --type resize`,
  );
  expect(queues).toEqual([
    {
      ...{ type: "resize", queue: "default", blocked: 0, pending: 2, running: 0, paused: true },
      oldest_at: expect.stringMatching(/Z$/),
    },
    {
      ...{ type: "convert", queue: "slow", blocked: 0, pending: 1, running: 0, paused: false },
      oldest_at: expect.stringMatching(/Z$/),
    },
  ]);
  expect(pauses).toEqual([
    {
      ...{ queue: null, type: "resize", by: username, reason: "disk is full" },
      at: expect.stringMatching(/Z$/),
    },
  ]);
});

it("does nothing twice, and names what is held back by other pauses", async () => {
  const site = new ClxSite();

  const first = await site.json("queue", "pause");
  const again = await site.ok("queue", "pause");
  await site.ok("queue", "pause", "--type", "resize");
  const { code, stdout, stderr } = await site.run(["queue", "resume"]);
  const nothing = await site.run(["queue", "resume", "--queue", "slow"]);
  const events = await site.ok("events", "--type", "queue_paused,queue_resumed");

  expect(first).toMatchObject({ changed: true, pauses: [{ queue: null, type: null }] });
  expect(again).toBe("all tasks were held back already");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "all tasks go on\n" });
  expect(stderr).toContain("resize tasks are held back as well: clx queue resume --type resize");
  expect(nothing.stdout).toBe("tasks of queue slow were not held back by a pause of their own\n");
  expect(nothing.stderr).toContain("clx queue resume --type resize");
  expect(events.split("\n")).toHaveLength(3);
});

it("says at once why what was just submitted will not run", async () => {
  const site = new ClxSite();
  await site.ok("queue", "pause", "--reason", "disk is full");

  const submitted = await site.run(["submit", "resize", "1"]);
  const run = site.start(["exec", "--", "true"]);
  await run.says(/held back since .*: disk is full\); to go on: clx queue resume/);
  await site.ok("queue", "resume");
  const { code } = await run.end;

  expect(submitted.stderr).toMatch(/all tasks are held back since .*disk is full/);
  expect(code).toBe(0);
});

it("is a finding of the status, with the way out", async () => {
  const site = new ClxSite();
  await site.ok("queue", "pause", "--queue", "slow");

  const { code, stdout } = await site.run(["status", "--json"]);

  expect(code).toBe(1);
  const { findings, pauses } = JSON.parse(stdout);
  expect(findings).toMatchObject([
    {
      level: "degraded",
      code: "paused",
      message: expect.stringMatching(/^Tasks of queue slow are held back since /),
      next: '"clx queue resume --queue slow" lets them go on.',
    },
  ]);
  expect(pauses).toMatchObject([{ queue: "slow", type: null }]);
});

it("gives tasks a title and tags, and finds them by both", async () => {
  const site = new ClxSite();
  const labels = ["--title", "Deck 7, Größe L", "--tag", "nightly", "--tag", "deck"];
  const labelled = await site.ok("submit", "resize", "1", ...labels);
  await site.ok("submit", "resize", "2");

  const list = await site.ok("tasks", "list");
  const told = await site.ok("tasks", "show", labelled);
  const shown = await site.json("tasks", "show", labelled);
  const found = await Promise.all(
    [
      ["--tag", "nightly"],
      ["--text", "GRÖSSE"],
      ["--text", "größe l"],
      ["--tag", "other"],
    ].map(async (filter) => {
      const { tasks } = await site.json<{ tasks: { id: string }[] }>("tasks", "list", ...filter);
      return tasks.map(({ id }) => id);
    }),
  );

  expect(list).toContain("Deck 7, Größe L");
  expect(told).toMatch(/\ntitle +Deck 7, Größe L\ntags +nightly, deck\ndoes +resize: 1\n/);
  expect(shown).toMatchObject({ title: "Deck 7, Größe L", tags: ["nightly", "deck"] });
  expect(found).toEqual([[labelled], [], [labelled], []]);
});

it("gives the tasks of a run a title and tags", async () => {
  const site = new ClxSite();

  await site.ok("exec", "--title", "A run", "--tag", "t", "--", "true");

  const { tasks } = await site.json<{ tasks: unknown[] }>("tasks", "list", "--tag", "t");
  expect(tasks).toMatchObject([{ title: "A run", tags: ["t"], state: "completed" }]);
});

it("refuses labels that are too long, saying how long they may be", async () => {
  const site = new ClxSite();

  const title = await site.run(["submit", "x", "1", "--title", "x".repeat(201)]);
  const tag = await site.run(["submit", "x", "1", "--tag", "x".repeat(65)]);

  expect(title).toMatchObject({ code: 2, stderr: expect.stringContaining("200 at most") });
  expect(tag).toMatchObject({ code: 2, stderr: expect.stringContaining("64 characters at most") });
});

it("lists tasks by cause of failure, by time and in another order", async () => {
  const site = new ClxSite();
  const failed = site.run(["submit", "command", "--wait", "--", "false"]);
  await failed;
  await site.ok("submit", "resize", "2");
  const list = async (...options: string[]) => {
    const { tasks } = await site.json<{ tasks: { type: string }[] }>("tasks", "list", ...options);
    return tasks.map(({ type }) => type);
  };

  expect(await list("--failed-of", "exit_code")).toEqual(["command"]);
  expect(await list("--failed-of", "timed_out")).toEqual([]);
  expect(await list("--since", "1h")).toEqual(["resize", "command"]);
  expect(await list("--until", "1h")).toEqual([]);
  expect(await list("--since", "2020-01-01", "--order", "oldest")).toEqual(["command", "resize"]);
  expect(await list("--order", "ended")).toEqual(["command"]);
  const wrong = await site.run(["tasks", "list", "--failed-of", "timeout"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("timed_out") });
});
