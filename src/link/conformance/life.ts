import { expect, it } from "vitest";
import { newId } from "../../domain/ids.ts";
import {
  activationOf,
  claimOf,
  completed,
  LinkStage,
  launchToken,
  leaseMs,
  type OpenLinkSite,
  ownProcess,
  settleOf,
  theOnly,
} from "./link-site.ts";

export function describeLife(open: OpenLinkSite): void {
  const begin = () => LinkStage.open(open);

  it("begins with its launch token, and knows its own row from then on", async () => {
    const stage = await begin();
    const id = await stage.registered({ concurrency: 3 });
    const link = await stage.link(id);

    const opening = await link.activate({ ...activationOf(id), isOpening: true });
    await link.ready({ workerId: id, now: Date.now() });

    expect(opening).toMatchObject({ id, state: "created", concurrency: 3, process: ownProcess });
    await expect(stage.workerRow(id)).resolves.toMatchObject({ state: "idle" });
  });

  it("is refused to a second process, and to a wrong token", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const other = await stage.registered();

    const second = link.activate({ ...activationOf(id), process: { ...ownProcess, pid: 4_712 } });
    const wrong = (await stage.link(other)).activate({
      ...activationOf(other),
      launchToken: `${launchToken}!`,
    });

    await expect(second).rejects.toMatchObject({ code: "worker_refused" });
    await expect(wrong).rejects.toMatchObject({ code: "worker_refused" });
  });

  it("goes on with each renewal, which tells what others want of it", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const taskId = await stage.submit();
    await link.claim(claimOf(id));
    const usage = { memory: 1_000, cpuPercent: 12.5, processes: 2 };
    const renew = () => link.renew({ workerId: id, now: Date.now(), leaseMs, usage });

    const { cpuPercent: _, ...early } = usage;
    await link.renew({ workerId: id, now: Date.now(), leaseMs, usage: early });
    expect(await stage.workerRow(id)).toHaveProperty("usage", early);
    const first = await renew();
    await stage.store.cancel({ taskId, reason: "enough", now: Date.now() });
    const second = await renew();
    await stage.store.changeWorker({ workerId: id, event: "drain", now: Date.now() });
    const third = await renew();

    expect(first).toEqual({ standing: "live", held: [{ taskId, attempt: 1 }] });
    expect(second.held).toEqual([{ taskId, attempt: 1, cancelReason: "enough" }]);
    expect(third.standing).toBe("draining");
    const { leasedUntil = 0, ...row } = await stage.workerRow(id);
    expect(row).toMatchObject({ usage, beats: 4 });
    expect(leasedUntil).toBeGreaterThan(Date.now() + leaseMs / 2);
  });

  it("ends by its own word, with what it held given back", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const taskId = await stage.submit();
    await link.claim(claimOf(id));
    const ending = { reason: "asked to leave", exitCode: 0 };
    const end = () =>
      link.end({
        ...{ workerId: id, event: "leave", ending, now: Date.now(), jitter: 0 },
        tasks: { kind: "released" },
      });

    const first = await end();
    const second = await end();

    expect(first).toMatchObject({ ended: true, worker: { state: "dead", ending } });
    expect(first.tasks.map((task) => task.id)).toEqual([taskId]);
    expect(second).toMatchObject({ ended: false, worker: { state: "dead" } });
    await expect(stage.task(taskId)).resolves.toMatchObject({ state: "pending" });
  });

  it("ends after what was settled before, though nobody waited for that", async () => {
    const stage = await begin();
    for (let left = 20; left > 0; left--) {
      const { id, link } = await stage.worker();
      await stage.submit({ retry: { maxAttempts: 1, on: "any", backoffMs: 1, maxBackoffMs: 1 } });
      const { id: taskId, attempt } = theOnly((await link.claim(claimOf(id))).tasks);
      const failure = { kind: "timed_out", message: "too long" } as const;
      const ending = { reason: "it had to be killed", signal: "SIGKILL" };

      await Promise.all([
        link.settle(settleOf(id, [{ taskId, attempt, outcome: { kind: "failed", failure } }])),
        link.end({
          ...{ workerId: id, event: "fail", ending, now: Date.now(), jitter: 0 },
          tasks: { kind: "released" },
        }),
      ]);

      await expect(stage.task(taskId)).resolves.toMatchObject({ state: "failed", failure });
    }
  });

  it("is over once somebody has ended it, and what it reports then changes nothing", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const task = theOnly((await link.claim(claimOf(id))).tasks);
    await stage.store.endWorker({
      ...{ workerId: id, event: "fail", ending: { reason: "judged" }, now: Date.now(), jitter: 0 },
      tasks: { kind: "failed", failure: { kind: "lease_lost", message: "silent" } },
    });

    const renewal = await link.renew({ workerId: id, now: Date.now(), leaseMs });
    const claim = await link.claim(claimOf(id));
    const settled = await link.settle(settleOf(id, [completed(task)], 1));
    const { id: taskId, attempt } = task;
    const report = await link.report({ workerId: id, taskId, attempt, now: Date.now() });

    expect([renewal.standing, claim.standing, settled.claim.standing]).toEqual([
      "gone",
      "gone",
      "gone",
    ]);
    expect(settled.standings).toEqual(["superseded"]);
    expect(report).toBe("superseded");
    await expect(stage.task(taskId)).resolves.not.toMatchObject({ state: "completed" });
  });

  it("takes its session with it when its parent is gone", async () => {
    const stage = await begin();
    const sessionId = newId(Date.now());
    await stage.store.openSession({
      session: { id: sessionId, kind: "build", process: ownProcess },
      now: Date.now(),
    });
    const { link } = await stage.worker({ sessionId });
    const taskId = await stage.submit({ sessionId });

    await link.endSession({ sessionId, reason: "its process is gone", now: Date.now() });

    await expect(stage.task(taskId)).resolves.toMatchObject({ state: "cancelled" });
    const session = await stage.store.findSession(sessionId);
    expect(session?.endedAt).toBeDefined();
  });
}
