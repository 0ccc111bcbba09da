import { expect, it } from "vitest";
import type { Failure } from "../../domain/failure.ts";
import {
  claimOf,
  completed,
  LinkStage,
  type OpenLinkSite,
  settleOf,
  theOnly,
} from "./link-site.ts";

export function describeWork(open: OpenLinkSite): void {
  const begin = () => LinkStage.open(open);

  it("is claimed up to the limit, whole as it was submitted", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker({ concurrency: 2 });
    const payload = { text: "größer 𝄞 \u0000 \ud800", list: [1.5, null, true, { "": [] }] };
    const ids = [await stage.submit({ payload, timeoutMs: 5 }), await stage.submit()];
    await stage.submit();

    const { tasks, standing } = await link.claim(claimOf(id, 2));

    expect(standing).toBe("live");
    expect(tasks.map((task) => task.id)).toEqual(ids);
    expect(tasks[0]).toEqual(await stage.task(ids[0] ?? ""));
    expect(tasks[0]).toMatchObject({ payload, timeoutMs: 5, attempt: 1, workerId: id });
  });

  it("tells when the next task becomes due", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const runAt = Date.now() + 60_000;
    await stage.submit({ runAt });

    const { tasks, nextDueAt = 0 } = await link.claim(claimOf(id));

    expect(tasks).toEqual([]);
    expect(Math.abs(nextDueAt - runAt)).toBeLessThan(5_000);
  });

  it("is passed over when it needs more memory than there is", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit({ expectedMemory: 1_000_000_000 });

    const short = await link.claim({ ...claimOf(id), memoryFree: 1_000 });
    const enough = await link.claim({ ...claimOf(id), memoryFree: 4_000_000_000 });

    expect([short.tasks.length, enough.tasks.length]).toEqual([0, 1]);
  });

  it("is settled and followed by the next in one call", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const task = theOnly((await link.claim(claimOf(id))).tasks);
    const next = await stage.submit();
    const result = { answer: 42, of: ["much", "thought"] };
    const logs = [{ at: 1_000, stream: "stdout", line: "the end" }] as const;

    const settled = await link.settle(
      settleOf(id, [{ ...completed(task, result), logs, peakMemory: 77, cpuMs: 5 }], 1),
    );

    expect(settled.standings).toEqual(["accepted"]);
    expect(settled.claim.tasks.map((one) => one.id)).toEqual([next]);
    await expect(stage.task(task.id)).resolves.toMatchObject({
      ...{ state: "completed", result, peakMemory: 77, cpuMs: 5 },
    });
    await expect(stage.linesOf(task.id)).resolves.toEqual(["the end"]);
  });

  it("keeps the evidence of a failure", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit({ retry: { maxAttempts: 1, on: "any", backoffMs: 1, maxBackoffMs: 1 } });
    const task = theOnly((await link.claim(claimOf(id))).tasks);
    const failure: Failure = {
      ...{ kind: "exit_code", message: "it broke", exitCode: 3, signal: "SIGHUP" },
      ...{ logTail: "oh", peakMemory: 9, details: "more" },
    };

    const { id: taskId, attempt } = task;
    const outcome = { kind: "failed", failure, result: { so: "far" } } as const;
    await link.settle(settleOf(id, [{ taskId, attempt, outcome }]));

    const kept = { state: "failed", failure, result: { so: "far" } };
    await expect(stage.task(taskId)).resolves.toMatchObject(kept);
  });

  it("tells of a failure at any length", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit({ retry: { maxAttempts: 1, on: "any", backoffMs: 1, maxBackoffMs: 1 } });
    const { id: taskId, attempt } = theOnly((await link.claim(claimOf(id))).tasks);
    const failure: Failure = { kind: "user_error", message: "long ".repeat(100_000) };

    await link.settle(settleOf(id, [{ taskId, attempt, outcome: { kind: "failed", failure } }]));

    await expect(stage.task(taskId)).resolves.toMatchObject({ state: "failed", failure });
  });

  it("takes a log of any size, in order, with a report and with the end", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const task = theOnly((await link.claim(claimOf(id))).tasks);
    const lines = (from: string) =>
      Array.from({ length: 720 }, (_, number) => ({
        ...{
          at: number,
          stream: "stdout" as const,
          line: `${from} ${number} `.padEnd(4_000, "\0"),
        },
      }));
    const [early, late] = [lines("early"), lines("late")];
    const about = { workerId: id, taskId: task.id, attempt: task.attempt, now: Date.now() };

    await link.report({ ...about, logs: early, checkpoint: { at: "the middle" } });
    const { checkpoint } = await stage.task(task.id);
    await link.settle(settleOf(id, [{ ...completed(task), logs: late }]));

    expect(checkpoint).toEqual({ at: "the middle" });
    const given = [...early, ...late].map(({ line }) => line);
    expect((await stage.linesOf(task.id)).join("\n") === given.join("\n")).toBe(true);
    await expect(stage.task(task.id)).resolves.toMatchObject({ state: "completed" });
  });

  it("is settled once, however often that is said", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const task = theOnly((await link.claim(claimOf(id))).tasks);
    const logs = [{ at: 1_000, stream: "log", line: "once" }] as const;

    const first = await link.settle(settleOf(id, [{ ...completed(task, "first"), logs }]));
    const second = await link.settle(settleOf(id, [{ ...completed(task, "second"), logs }]));

    expect([...first.standings, ...second.standings]).toEqual(["accepted", "accepted"]);
    await expect(stage.task(task.id)).resolves.toMatchObject({ result: "first" });
    await expect(stage.linesOf(task.id)).resolves.toEqual(["once"]);
    await expect(stage.workerRow(id)).resolves.toMatchObject({ tasksCompleted: 1 });
  });

  it("is given back, and comes again with a higher attempt", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const { id: taskId, attempt } = theOnly((await link.claim(claimOf(id))).tasks);

    const { claim } = await link.settle(
      settleOf(id, [{ taskId, attempt, outcome: { kind: "released" } }], 1),
    );

    expect(claim.tasks.map((one) => [one.id, one.attempt])).toEqual([[taskId, 2]]);
  });

  it("may end in large numbers at once", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker({ concurrency: 300 });
    for (let left = 300; left > 0; left--) await stage.submit();
    const tasks = [...(await link.claim(claimOf(id, 150))).tasks];
    tasks.push(...(await link.claim(claimOf(id, 150))).tasks);

    const { standings } = await link.settle(
      settleOf(
        id,
        tasks.map((task) => completed(task)),
      ),
    );

    expect(standings).toEqual(tasks.map(() => "accepted"));
    await expect(stage.workerRow(id)).resolves.toMatchObject({ tasksCompleted: 300 });
  });

  it("may have large results", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker({ concurrency: 24 });
    for (let left = 24; left > 0; left--) await stage.submit();
    const { tasks } = await link.claim(claimOf(id, 24));
    const result = "x".repeat(1_000_000);

    const { standings } = await link.settle(
      settleOf(
        id,
        tasks.map((task) => completed(task, result)),
      ),
    );

    expect(standings).toEqual(tasks.map(() => "accepted"));
  });

  it("is told of while it goes on", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const { id: taskId, attempt } = theOnly((await link.claim(claimOf(id))).tasks);
    const name = { workerId: id, taskId, attempt, now: Date.now() };
    const progress = { fraction: 0.5, message: "half", data: { step: 3 }, at: 2_000 };

    const standings = [
      await link.report({ ...name, progress }),
      await link.report({ ...name, logs: [{ at: 1, stream: "stderr", line: "a" }] }),
      await link.report({ ...name, checkpoint: { reached: 3 } }),
    ];

    expect(standings).toEqual(["accepted", "accepted", "accepted"]);
    await expect(stage.task(taskId)).resolves.toMatchObject({
      progress,
      checkpoint: { reached: 3 },
    });
    await expect(stage.linesOf(taskId)).resolves.toEqual(["a"]);
  });

  it("keeps the order of what is told at once", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const task = theOnly((await link.claim(claimOf(id))).tasks);
    const name = { workerId: id, taskId: task.id, attempt: task.attempt, now: Date.now() };

    const report = link.report({ ...name, logs: [{ at: 1, stream: "log", line: "first" }] });
    const settled = link.settle(
      settleOf(id, [{ ...completed(task), logs: [{ at: 2, stream: "log", line: "second" }] }]),
    );

    await expect(report).resolves.toBe("accepted");
    await expect(settled).resolves.toMatchObject({ standings: ["accepted"] });
    await expect(stage.linesOf(task.id)).resolves.toEqual(["first", "second"]);
  });

  it("is answered as the store does when it cannot be kept", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    await stage.submit();
    const task = theOnly((await link.claim(claimOf(id))).tasks);

    const settled = link.settle(settleOf(id, [completed(task, "x".repeat(2_000_000))]));

    await expect(settled).rejects.toMatchObject({ code: "invalid_value" });
  });
}
