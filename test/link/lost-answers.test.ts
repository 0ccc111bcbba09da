import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import {
  activationOf,
  claimOf,
  completed,
  LinkStage,
  settleOf,
  theOnly,
} from "../../src/link/conformance/link-site.ts";
import { openLink } from "../../src/link/open-link.ts";
import { openApiLinkSite } from "../support/link-sites.ts";
import { LossyDoor } from "../support/lossy-door.ts";

/** A worker that is registered, and a link on whose way answers get lost. */
async function begin(concurrency = 1) {
  const site = await openApiLinkSite();
  const stage = await LinkStage.open(async () => site);
  const id = await stage.registered({ concurrency });
  const { token, address } = await site.host().linkFor(id);
  const target = address.replace(/^unix:/, "");
  const door = await LossyDoor.open(join(target, "..", "..", "door.sock"), target);
  const link = await openLink({
    ...{ kind: "api", address: `unix:${door.path}`, token, patienceMs: 20_000 },
  });
  onTestFinished(() => link.close());
  return { stage, site, id, door, link };
}

async function beginActive(concurrency = 1) {
  const begun = await begin(concurrency);
  await begun.link.activate(activationOf(begun.id));
  return begun;
}

it("a worker whose activation got no answer is active all the same", async () => {
  const { stage, id, door, link } = await begin();

  const lost = door.loseNextAnswer("activate");
  const worker = await link.activate(activationOf(id));
  await lost;

  expect(worker).toMatchObject({ id, state: "idle" });
  await expect(stage.workerRow(id)).resolves.toMatchObject({ state: "idle" });
});

it("tasks of a claim that got no answer are given again, not others beside them", async () => {
  const { stage, id, door, link } = await beginActive(2);
  const ids = [await stage.submit(), await stage.submit(), await stage.submit()];

  const lost = door.loseNextAnswer("claim");
  const { tasks } = await link.claim(claimOf(id, 2));
  await lost;

  expect(tasks.map((task) => [task.id, task.attempt])).toEqual([
    [ids[0], 1],
    [ids[1], 1],
  ]);
  await expect(stage.task(ids[2] ?? "")).resolves.toMatchObject({ state: "pending", attempt: 0 });
});

it("a settlement that got no answer counts once, and the task claimed by it is not lost", async () => {
  const { stage, id, door, link } = await beginActive();
  await stage.submit();
  const task = theOnly((await link.claim(claimOf(id))).tasks);
  const next = await stage.submit();
  const logs = [{ at: 5, stream: "log", line: "once" }] as const;

  const lost = door.loseNextAnswer("settle");
  const settled = await link.settle(settleOf(id, [{ ...completed(task), logs }], 1));
  await lost;

  expect(settled.standings).toEqual(["accepted"]);
  expect(settled.claim.tasks.map((one) => [one.id, one.attempt])).toEqual([[next, 1]]);
  await expect(stage.linesOf(task.id)).resolves.toEqual(["once"]);
  await expect(stage.workerRow(id)).resolves.toMatchObject({ tasksCompleted: 1 });
});

it("lines whose report got no answer are in the log once", async () => {
  const { stage, id, door, link } = await beginActive();
  await stage.submit();
  const { id: taskId, attempt } = theOnly((await link.claim(claimOf(id))).tasks);
  const long = "x".repeat(10_000);
  const report = (...lines: string[]) =>
    link.report({
      ...{ workerId: id, taskId, attempt, now: Date.now() },
      logs: lines.map((line, at) => ({ at, stream: "log", line })),
    });

  await report("a", "b");
  const lost = door.loseNextAnswer("report");
  const standing = await report("c", long);
  await lost;
  await report("c", "d");

  expect(standing).toBe("accepted");
  const lines = await stage.linesOf(taskId);
  expect(lines.map((line) => line.slice(0, 1))).toEqual(["a", "b", "c", "x", "c", "d"]);
});

it("an end that got no answer is an end", async () => {
  const { stage, id, door, link } = await beginActive();

  const lost = door.loseNextAnswer("end");
  const { worker } = await link.end({
    ...{ workerId: id, event: "leave", ending: { reason: "asked to" }, now: Date.now() },
    ...{ jitter: 0, tasks: { kind: "released" } },
  });
  await lost;

  expect(worker.state).toBe("dead");
  await expect(stage.workerRow(id)).resolves.toMatchObject({ ending: { reason: "asked to" } });
});

it("a ring that got no answer rings again", async () => {
  const { stage, id, door, link } = await beginActive();
  const rung = Promise.withResolvers<void>();
  await link.claim(claimOf(id));
  const taskId = await new Promise<string>((resolve) => {
    const lost = door.loseNextAnswer("watch");
    link.watch({ workerId: id, type: "echo" }, () => rung.resolve());
    void stage.submit().then(async (submitted) => {
      await lost;
      resolve(submitted);
    });
  });

  await rung.promise;

  const { tasks } = await link.claim(claimOf(id));
  expect(tasks.map((task) => task.id)).toEqual([taskId]);
});

it("a task is not begun again when the answer that gave it comes after its end", async () => {
  const { stage, id, door, link } = await beginActive();
  let heardRing = () => {};
  const nextRing = () => new Promise<void>((resolve) => (heardRing = resolve));
  const first = nextRing();
  link.watch({ workerId: id, type: "echo" }, () => heardRing());
  await link.claim(claimOf(id));
  await first;
  const held = door.holdNextAnswer("claim");
  await stage.submit();
  const letGo = await held;

  const task = theOnly((await link.claim(claimOf(id))).tasks);
  await link.settle(settleOf(id, [completed(task)], 1));
  const next = await stage.submit();
  const rung = nextRing();
  letGo();
  await rung;

  const { tasks } = await link.claim(claimOf(id));
  expect(tasks.map((one) => [one.id, one.attempt])).toEqual([[next, 1]]);
});
