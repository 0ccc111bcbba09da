import { expect, it } from "vitest";
import type { LogLine, Task } from "../../domain/task.ts";
import { documentCap, logCaps, type ReportParams } from "../task-store.ts";
import { type Begin, defined, numbered, type Stage } from "./stage.ts";

export function describeReporting(begin: Begin): void {
  it("keeps progress, checkpoint and log lines of a running attempt", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const progress = { fraction: 0.5, message: "half", data: [1], at: stage.now };

    const standing = await report(stage, task, {
      progress,
      checkpoint: { step: 4 },
      logs: lines(2),
    });

    expect(standing).toBe("accepted");
    expect(await stage.task(task.id)).toEqual({ ...task, progress, checkpoint: { step: 4 } });
    expect(await logsOf(stage, task)).toEqual({
      lines: [
        { ...line(0), cursor: 1, attempt: 1 },
        { ...line(1), cursor: 2, attempt: 1 },
      ],
      dropped: 0,
    });
  });

  it("keeps what is not named", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await report(stage, task, { progress: { fraction: 0.1, at: 1 }, checkpoint: 1 });

    await report(stage, task, { checkpoint: null });
    await report(stage, task, { progress: { fraction: 0.2, at: 2 } });

    const after = await stage.task(task.id);
    expect(after).toMatchObject({ progress: { fraction: 0.2, at: 2 }, checkpoint: null });
  });

  it("keeps the checkpoint when the task has ended", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await report(stage, task, { checkpoint: "here" });

    await stage.complete(task);

    expect(await stage.task(task.id)).toMatchObject({ checkpoint: "here" });
  });

  it("keeps nothing of a superseded attempt", async () => {
    const stage = await begin();
    const old = await stage.runningTask();
    await stage.endWorker(defined(old.workerId));
    expect(await report(stage, old, { checkpoint: 1, logs: lines(1) })).toBe("superseded");
    const current = await stage.claimTask(await stage.worker());

    expect(await report(stage, old, { checkpoint: 1, logs: lines(1) })).toBe("superseded");
    expect(await report(stage, { ...current, attempt: 1 }, { checkpoint: 1 })).toBe("superseded");

    expect(await stage.task(old.id)).toEqual(current);
    expect(await logsOf(stage, old)).toEqual({ lines: [], dropped: 0 });
  });

  it("keeps nothing of an attempt that has ended", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.complete(task);

    expect(await report(stage, task, { checkpoint: 1 })).toBe("superseded");
    expect(await stage.task(task.id)).not.toHaveProperty("checkpoint");
  });

  it("refuses a checkpoint that is too large, and keeps the one before", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await report(stage, task, { checkpoint: "small" });

    await expect(
      report(stage, task, { checkpoint: "ä".repeat(documentCap / 2) }),
    ).rejects.toMatchObject({ code: "invalid_value" });

    expect(await stage.task(task.id)).toMatchObject({ checkpoint: "small" });
  });

  it("numbers log lines across attempts", async () => {
    const stage = await begin();
    const first = await stage.runningTask();
    await report(stage, first, { logs: lines(2) });
    await stage.fail(first, "worker_died");
    const second = await stage.claimTask(await stage.worker());
    await report(stage, second, { logs: lines(1) });

    const page = await logsOf(stage, first);

    expect(page.lines.map(({ cursor, attempt }) => [cursor, attempt])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
  });

  it("gives log lines page by page", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await report(stage, task, { logs: lines(5) });

    const first = await stage.store.logsOf({ taskId: task.id, after: 0, limit: 3 });
    const second = await stage.store.logsOf({ taskId: task.id, after: 3, limit: 3 });
    const third = await stage.store.logsOf({ taskId: task.id, after: 5, limit: 3 });

    expect(first.lines.map(({ cursor }) => cursor)).toEqual([1, 2, 3]);
    expect(second.lines.map(({ cursor }) => cursor)).toEqual([4, 5]);
    expect(third).toEqual({ lines: [], dropped: 0 });
  });

  it("gives the last log lines before a cursor", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const logs = numbered(7, (index) => ({ at: 0, stream: "log", line: `${index + 1}` }) as const);
    const address = { workerId: task.workerId ?? "", taskId: task.id, attempt: task.attempt };
    await stage.store.report({ ...address, now: stage.now, logs });
    const linesBefore = async (before: number, after = 0) => {
      const page = await stage.store.logsOf({ taskId: task.id, after, before, limit: 3 });
      return page.lines.map(({ line }) => line).join(" ");
    };

    expect(await linesBefore(Number.MAX_SAFE_INTEGER)).toBe("5 6 7");
    expect(await linesBefore(5)).toBe("2 3 4");
    expect(await linesBefore(2)).toBe("1");
    expect(await linesBefore(1)).toBe("");
    expect(await linesBefore(5, 3)).toBe("4");
  });

  it("says how many lines are missing before a cursor", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const { head, tail } = logCaps;
    const logs = numbered(head + tail + 50, () => ({ at: 0, stream: "log", line: "x" }) as const);
    const address = { workerId: task.workerId ?? "", taskId: task.id, attempt: task.attempt };
    await stage.store.report({ ...address, now: stage.now, logs });

    const page = await stage.store.logsOf({
      taskId: task.id,
      after: 0,
      before: head + 52,
      limit: 3,
    });

    expect(page.lines.map(({ cursor }) => cursor)).toEqual([head - 1, head, head + 51]);
    expect(page.dropped).toBe(50);
  });

  it("keeps the first and the last log lines, and says how many are missing between", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const { head, tail } = logCaps;
    const total = head + tail + 250;

    await report(stage, task, { logs: lines(head + 100) });
    for (let from = head + 100; from < total; from += 1_050) {
      await report(stage, task, { logs: lines(Math.min(1_050, total - from), from) });
    }

    const page = await logsOf(stage, task);
    expect(page.lines.map(({ cursor }) => cursor)).toEqual([
      ...numbered(head, (index) => index + 1),
      ...numbered(tail, (index) => total - tail + index + 1),
    ]);
    expect(page.lines.at(-1)).toMatchObject(line(total - 1));
    expect(page.dropped).toBe(250);
    const following = await stage.store.logsOf({ taskId: task.id, after: head, limit: 1 });
    expect(following).toMatchObject({ lines: [{ cursor: total - tail + 1 }], dropped: 250 });
  });

  it("keeps no more of a flood that comes at once", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const total = 3 * (logCaps.head + logCaps.tail);

    await report(stage, task, { logs: lines(total) });

    const page = await logsOf(stage, task);
    expect(page.lines).toHaveLength(logCaps.head + logCaps.tail);
    expect(page.lines.at(-1)).toMatchObject({ cursor: total, line: `line ${total - 1}` });
  });

  it("cuts long lines, and marks the cut", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const long = { ...line(0), line: "x".repeat(logCaps.lineLength + 1) };
    const fitting = { ...line(1), line: "y".repeat(logCaps.lineLength) };

    await report(stage, task, { logs: [long, fitting] });

    const [first, second] = (await logsOf(stage, task)).lines;
    expect(first?.line).toHaveLength(logCaps.lineLength);
    expect(first?.line).toMatch(/^x+ … \[cut\]$/);
    expect(second?.line).toBe(fitting.line);
  });

  it("has no log for a task that nobody knows", async () => {
    const stage = await begin();

    await expect(
      stage.store.logsOf({ taskId: "nobody", after: 0, limit: 1 }),
    ).rejects.toMatchObject({ code: "task_not_found" });
  });
}

function report(stage: Stage, task: Task, fields: Partial<ReportParams>): Promise<string> {
  const workerId = defined(task.workerId);
  const { id: taskId, attempt } = task;
  return stage.store.report({ workerId, taskId, attempt, now: stage.now, ...fields });
}

function logsOf(stage: Stage, { id }: Task) {
  return stage.store.logsOf({ taskId: id, after: 0, limit: 100_000 });
}

function line(index: number): LogLine {
  return { at: 1_000 + index, stream: "stdout", line: `line ${index}` };
}

function lines(count: number, from = 0): LogLine[] {
  return numbered(count, (index) => line(from + index));
}
