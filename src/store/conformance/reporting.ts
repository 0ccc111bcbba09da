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
    const end = { taskId: task.id, after: 0, before: Number.MAX_SAFE_INTEGER, limit: 3 };
    expect((await stage.store.logsOf(end)).dropped).toBe(0);
  });

  it("keeps a long log whole, and gives any stretch of it from either side", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const { head, tail } = logCaps;
    const total = head + tail + 2_500;
    await report(stage, task, { logs: lines(head + 100) });
    for (let from = head + 100; from < total; from += 1_050) {
      await report(stage, task, { logs: lines(Math.min(1_050, total - from), from) });
    }

    const page = await logsOf(stage, task);

    expect(page.lines).toEqual(
      numbered(total, (index) => ({ ...line(index), cursor: index + 1, attempt: 1 })),
    );
    expect(page.dropped).toBe(0);
    const cursors = async (params: { after: number; before?: number; limit: number }) => {
      const found = await stage.store.logsOf({ taskId: task.id, ...params });
      return found.lines.map(({ cursor }) => cursor);
    };
    const from = (first: number, count: number) => numbered(count, (index) => first + index);
    for (const place of [head - 2, head, head + 1_000, total - tail - 2, total - tail, total - 2]) {
      const count = Math.min(5, total - place);
      expect(await cursors({ after: place, limit: 5 })).toEqual(from(place + 1, count));
      expect(await cursors({ after: 0, before: place, limit: 5 })).toEqual(from(place - 5, 5));
      expect(await cursors({ after: place - 3, before: place, limit: 5 })).toEqual(
        from(place - 2, 2),
      );
    }
  });

  it("keeps a flood that comes at once", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    const total = 3 * (logCaps.head + logCaps.tail);

    await report(stage, task, { logs: lines(total) });

    const page = await logsOf(stage, task);
    expect(page.lines).toHaveLength(total);
    expect(page.lines.at(-1)).toMatchObject({ cursor: total, line: `line ${total - 1}` });
  });

  it("has nothing of the long log of a task that was deleted, whoever is next", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await report(stage, task, { logs: lines(2 * (logCaps.head + logCaps.tail)) });
    await stage.complete(task);

    await stage.store.deleteTask({ taskId: task.id, now: stage.now });

    const next = await stage.runningTask({ id: task.id });
    expect(await logsOf(stage, next)).toEqual({ lines: [], dropped: 0 });
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
