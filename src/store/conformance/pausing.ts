import { expect, it, onTestFinished } from "vitest";
import type { PauseScope } from "../../domain/pause.ts";
import { type Begin, type Stage, someProcess } from "./stage.ts";

export function describePausing(begin: Begin): void {
  it("holds back the tasks of a queue, of a type, of both, or all of them", async () => {
    const stage = await begin();
    const kinds = [
      { type: "echo", queue: "default" },
      { type: "echo", queue: "slow" },
      { type: "other", queue: "default" },
      { type: "other", queue: "slow" },
    ];
    for (const kind of kinds) await stage.submit(kind);
    const workers = await Promise.all(kinds.map((kind) => stage.worker(kind)));
    const given = async (scope: PauseScope) => {
      await pause(stage, scope);
      const claims = await Promise.all(workers.map((worker) => stage.claim(worker, { limit: 0 })));
      const due = await Promise.all(workers.map((worker) => mayClaim(stage, worker)));
      await resume(stage, scope);
      expect(claims.every(({ standing }) => standing === "live")).toBe(true);
      return due.map(Number).join("");
    };

    expect(await given({})).toBe("0000");
    expect(await given({ queue: "slow" })).toBe("1010");
    expect(await given({ type: "echo" })).toBe("0011");
    expect(await given({ type: "echo", queue: "slow" })).toBe("1011");
    expect(await given({ queue: "nobody's" })).toBe("1111");
  });

  it("leaves alone what runs, and gives nothing new when that is settled", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.submit();
    await pause(stage, { queue: "default" });

    const { standings, claim } = await stage.store.settle({
      workerId: task.workerId ?? "",
      settlements: [{ taskId: task.id, attempt: task.attempt, outcome: { kind: "completed" } }],
      limit: 5,
      now: stage.now,
      jitter: 1,
    });

    expect(standings).toEqual(["accepted"]);
    expect(claim).toEqual({ tasks: [], standing: "live" });
    expect(await stage.task(task.id)).toMatchObject({ state: "completed" });
  });

  it("holds back tasks whose time comes meanwhile", async () => {
    const stage = await begin();
    await stage.submit({ runAt: stage.now + 10 });
    const worker = await stage.worker();
    await pause(stage, {});
    stage.now += 20;

    expect(await stage.claim(worker)).toEqual({ tasks: [], standing: "live" });
    await resume(stage, {});
    expect((await stage.claim(worker)).tasks).toHaveLength(1);
  });

  it("holds back while any pause fits", async () => {
    const stage = await begin();
    await stage.submit();
    const worker = await stage.worker();
    await pause(stage, { type: "echo" });
    await pause(stage, { queue: "default" });

    await resume(stage, { type: "echo" });
    expect(await mayClaim(stage, worker)).toBe(false);
    await resume(stage, { queue: "default" });
    expect(await mayClaim(stage, worker)).toBe(true);
  });

  it("tells who paused what and why, the oldest first, to every connection", async () => {
    const stage = await begin();
    const { now } = stage;
    const other = await stage.site.openAnother();
    const first = { scope: { type: "echo" }, paused: true, by: "anna", reason: "new parser", now };
    await stage.store.setPause(first);

    const both = await stage.store.setPause({ scope: {}, paused: true, now: now + 1 });

    const expected = [{ type: "echo", at: now, by: "anna", reason: "new parser" }, { at: now + 1 }];
    expect(both).toEqual(expected);
    expect(await other.listPauses()).toEqual(expected);
    expect(await other.setPause({ scope: {}, paused: false, now })).toEqual(expected.slice(0, 1));
  });

  it("changes nothing when it is repeated", async () => {
    const stage = await begin();
    await pause(stage, { queue: "q" });
    stage.now += 5;
    const again = await pause(stage, { queue: "q" });
    await resume(stage, { queue: "q" });
    await resume(stage, { queue: "q" });

    expect(again).toEqual([{ queue: "q", at: stage.now - 5, by: "anna", reason: "no room" }]);
    expect(await stage.eventTypes()).toEqual(["queue_paused", "queue_resumed"]);
  });

  it("logs what was held back or let go, by whom and why", async () => {
    const stage = await begin();
    await pause(stage, { queue: "q", type: "echo" });
    await resume(stage, { queue: "q", type: "echo" });

    const events = await stage.store.listEvents({ after: 0, limit: 9 });
    const data = { queue: "q", type: "echo", by: "anna" };
    expect(events).toMatchObject([
      { type: "queue_paused", at: stage.now, workerType: "echo", message: "no room", data },
      { type: "queue_resumed", at: stage.now, workerType: "echo", data },
    ]);
  });

  it("rings for the workers that may go on, once it is over", async () => {
    const stage = await begin();
    await stage.worker({ type: "echo" });
    await stage.worker({ type: "other", queue: "slow" }, someProcess({ pid: 12 }));
    const other = await stage.site.openAnother();
    const ringOf = (type: string) =>
      new Promise<void>((resolve) => {
        const watch = other.watch([{ kind: "work", type }], resolve);
        onTestFinished(() => watch.close());
      });

    for (const [scope, type] of [
      [{ type: "echo" }, "echo"],
      [{ queue: "slow" }, "other"],
      [{}, "echo"],
    ] as const) {
      await pause(stage, scope);
      const ring = ringOf(type);
      await resume(stage, scope);
      await ring;
    }
  });
}

function pause(stage: Stage, scope: PauseScope) {
  const { now } = stage;
  return stage.store.setPause({ scope, paused: true, by: "anna", reason: "no room", now });
}

function resume(stage: Stage, scope: PauseScope) {
  return stage.store.setPause({ scope, paused: false, by: "anna", now: stage.now });
}

/** Whether a worker gets a task; it gives it back at once. */
async function mayClaim(stage: Stage, worker: string): Promise<boolean> {
  const [task] = (await stage.claim(worker)).tasks;
  if (task === undefined) return false;
  await stage.settle(task, { kind: "released" });
  return true;
}
