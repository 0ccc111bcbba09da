import { expect, it } from "vitest";
import { type Begin, numbered, type Stage } from "./stage.ts";

export function describeThroughput(begin: Begin): void {
  it("tells how many ended in each slice of time, and leaves out empty ones", async () => {
    const stage = await begin();
    const since = stage.now;
    await stage.complete(await stage.runningTask());
    await stage.fail(await stage.runningTask());
    stage.now = since + 250;
    const { id } = await stage.submit();
    await stage.store.cancel({ taskId: id, reason: "no", now: stage.now });
    stage.now = since + 299;
    await stage.complete(await stage.runningTask({ type: "other" }));
    stage.now = since + 300;
    await stage.complete(await stage.runningTask());

    const all = await stage.store.throughput({ since, until: since + 300, sliceMs: 100 });
    const other = await stage.store.throughput({
      since,
      until: since + 300,
      sliceMs: 100,
      type: "other",
    });

    expect(all).toMatchObject({
      from: since,
      slices: [
        { at: since, completed: 1, failed: 1, cancelled: 0 },
        { at: since + 200, completed: 1, failed: 0, cancelled: 1 },
      ],
    });
    expect(other.slices).toMatchObject([
      { at: since + 200, completed: 1, failed: 0, cancelled: 0 },
    ]);
  });

  it("tells how long tasks waited from when they were due, and how long they ran", async () => {
    const stage = await begin();
    const since = stage.now;
    await took(stage, { waited: 10, ran: 100 });
    await took(stage, { waited: 30, ran: 50, delayed: 1_000 });
    await took(stage, { waited: 20, ran: 70, fails: true });

    const { slices } = await stage.store.throughput({
      since,
      until: stage.now + 1,
      sliceMs: 1_000_000,
    });

    expect(slices).toMatchObject([{ waitMs: { p50: 20, p95: 30 }, ranMs: { p50: 70, p95: 100 } }]);
  });

  it("counts the wait of a later attempt, and of a blocked task, from when it could begin", async () => {
    const stage = await begin();
    const since = stage.now;
    const first = await stage.runningTask();
    const second = await stage.submit({ after: [first.id] });
    stage.now += 500;
    await stage.settle(first, { kind: "released" });
    stage.now += 5;
    const again = await stage.claimTask(await stage.worker());
    stage.now += 500;
    await stage.complete(again);
    stage.now += 7;
    const last = await stage.claimTask(await stage.worker());
    await stage.complete(last);

    const { slices } = await stage.store.throughput({
      since,
      until: stage.now + 1,
      sliceMs: 1_000_000,
    });

    expect(last.id).toBe(second.id);
    expect(slices).toMatchObject([{ completed: 2, waitMs: { p50: 5, p95: 7 } }]);
  });

  it("has no times for slices in which tasks were cancelled alone", async () => {
    const stage = await begin();
    const { id } = await stage.submit();
    await stage.store.cancel({ taskId: id, reason: "no", now: stage.now });

    const { slices } = await stage.store.throughput({
      since: stage.now,
      until: stage.now + 1,
      sliceMs: 1,
    });

    expect(slices).toEqual([{ at: stage.now, completed: 0, failed: 0, cancelled: 1 }]);
  });

  it("refuses slices that are too many", async () => {
    const stage = await begin();
    for (const sliceMs of [0, -1, 1]) {
      const wrong = stage.store.throughput({ since: 0, until: 1_000_000, sliceMs });
      await expect(wrong).rejects.toMatchObject({ code: "invalid_value" });
    }
  });

  it("takes the 95th of a hundred", async () => {
    const stage = await begin();
    const since = stage.now;
    const worker = await stage.worker();
    for (const ran of numbered(100, (index) => index + 1)) {
      await stage.submit();
      const task = await stage.claimTask(worker);
      stage.now += ran;
      await stage.complete(task);
    }

    const { slices } = await stage.store.throughput({
      since,
      until: stage.now + 1,
      sliceMs: 10_000_000,
    });

    expect(slices).toMatchObject([{ ranMs: { p50: 50, p95: 95 } }]);
  });
}

interface Taking {
  readonly waited: number;
  readonly ran: number;
  readonly delayed?: number;
  readonly fails?: boolean;
}

async function took(stage: Stage, { waited, ran, delayed = 0, fails }: Taking): Promise<void> {
  await stage.submit(delayed > 0 ? { runAt: stage.now + delayed } : {});
  stage.now += delayed + waited;
  const task = await stage.claimTask(await stage.worker());
  stage.now += ran;
  await (fails === true ? stage.fail(task) : stage.complete(task));
}
