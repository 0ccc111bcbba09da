import { expect, it } from "vitest";
import type { EventType, NewEvent } from "../../domain/event.ts";
import { type Begin, defined, numbered } from "./stage.ts";

export function describeEvents(begin: Begin): void {
  it("are kept as they were appended, in order", async () => {
    const stage = await begin();
    const full: NewEvent = {
      type: "pool_gave_up",
      at: stage.now,
      message: "too many crashes",
      workerId: "w",
      workerType: "echo",
      mode: "direct",
      taskId: "t",
      sessionId: "s",
      data: { restarts: 3, last: { signal: "SIGSEGV" } },
    };
    const bare: NewEvent = { type: "supervisor_stopped", at: stage.now - 50 };

    await stage.store.appendEvents({ events: [full, bare] });

    const events = await stage.store.listEvents({ after: 0, limit: 10 });
    expect(events.map(({ cursor, ...event }) => event)).toEqual([full, bare]);
    expect(defined(events[1]).cursor).toBeGreaterThan(defined(events[0]).cursor);
  });

  it("are read on from a cursor", async () => {
    const stage = await begin();
    const events = numbered(5, (index): NewEvent => ({ type: "pool_started", at: index }));
    await stage.store.appendEvents({ events });

    const first = await stage.store.listEvents({ after: 0, limit: 2 });
    const rest = await stage.store.listEvents({ after: defined(first[1]).cursor, limit: 9 });
    const none = await stage.store.listEvents({ after: defined(rest[2]).cursor, limit: 9 });

    expect([...first, ...rest].map(({ at }) => at)).toEqual([0, 1, 2, 3, 4]);
    expect(none).toEqual([]);
  });

  it("are read backwards from a cursor, or from the end", async () => {
    const stage = await begin();
    const events = numbered(5, (index): NewEvent => ({ type: "pool_started", at: index }));
    await stage.store.appendEvents({ events });
    const page = { after: 0, limit: 2 };

    const last = await stage.store.listEvents({ ...page, newestBefore: "end" });
    const { cursor } = defined(last[1]);
    const middle = await stage.store.listEvents({ ...page, newestBefore: cursor });
    const bounded = await stage.store.listEvents({
      after: defined(middle[1]).cursor,
      limit: 9,
      newestBefore: cursor,
    });

    expect(last.map(({ at }) => at)).toEqual([4, 3]);
    expect(middle.map(({ at }) => at)).toEqual([2, 1]);
    expect(bounded.map(({ at }) => at)).toEqual([2]);
  });

  it("are filtered by type, task and worker", async () => {
    const stage = await begin();
    const task = await stage.runningTask();
    await stage.complete(task);
    const workerId = defined(task.workerId);
    const types = async (params: object) =>
      (await stage.store.listEvents({ after: 0, limit: 99, ...params })).map(({ type }) => type);

    expect(await types({ taskId: task.id })).toEqual([
      "task_submitted",
      "task_started",
      "task_completed",
    ]);
    expect(await types({ workerId })).toEqual([
      "worker_registered",
      "worker_ready",
      "task_started",
      "task_completed",
    ]);
    expect(await types({ types: ["worker_ready", "task_submitted"] })).toEqual([
      "task_submitted",
      "worker_ready",
    ]);
    expect(await types({ types: [] })).toEqual([]);
  });

  it("are found by who lost a task or gave it back, in both orders", async () => {
    const stage = await begin();
    const [one, other] = [await stage.worker(), await stage.worker()];
    await stage.submit();
    await stage.fail(await stage.claimTask(one), "worker_died");
    await stage.fail(await stage.claimTask(other), "worker_died");
    const losers = async (params: object) => {
      const types: EventType[] = ["task_requeued", "task_released"];
      const about = { after: 0, limit: 99, types, ...params };
      return (await stage.store.listEvents(about)).map(({ workerId }) => workerId);
    };

    expect(await losers({})).toEqual([one, other]);
    expect(await losers({ newestBefore: "end" })).toEqual([other, one]);
    expect(await losers({ workerId: one })).toEqual([one]);
    expect(await losers({ workerId: other, newestBefore: "end" })).toEqual([other]);
    expect(await losers({ workerId: one, types: ["task_released"] })).toEqual([]);
  });

  it("say whose they are", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    await stage.submit({ sessionId });
    const worker = await stage.worker({ sessionId });
    const task = await stage.claimTask(worker);

    const types = ["task_started", "worker_ready"] as const;
    const events = await stage.store.listEvents({ after: 0, limit: 99, types });

    expect(events).toMatchObject([
      { type: "worker_ready", workerId: worker, workerType: "echo", mode: "direct", sessionId },
      { type: "task_started", workerId: worker, workerType: "echo", taskId: task.id, sessionId },
    ]);
  });
}
