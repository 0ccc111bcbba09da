import { expect, it } from "vitest";
import { newId } from "../../domain/ids.ts";
import type { JsonValue } from "../../domain/json.ts";
import { type Begin, numbered } from "./stage.ts";

export function describeSubmitting(begin: Begin): void {
  it("adds a task that waits for its turn", async () => {
    const stage = await begin();
    const task = stage.newTask({ priority: 3, timeoutMs: 5_000, expectedMemory: 1_000 });

    const [submitted] = await stage.store.submit({ tasks: [task], now: stage.now });

    const expected = {
      ...task,
      state: "pending",
      createdAt: stage.now,
      attempt: 0,
      attemptLimit: task.retry.maxAttempts,
    };
    expect(submitted).toEqual({ task: expected, created: true });
    expect(await stage.store.findTask(task.id)).toEqual(expected);
  });

  it("keeps every field, whatever it holds", async () => {
    const stage = await begin();
    const session = await stage.openSession();
    const task = stage.newTask({
      type: "Ünïcode / type",
      queue: "'; drop table tasks; --",
      payload: { nested: [null, true, 1.5, "\u0000\ud83d\ude00", { "": [] }] },
      priority: -5,
      runAt: stage.now + 1,
      retry: { maxAttempts: 7, on: "any", backoffMs: 0, maxBackoffMs: 9 },
      sessionId: session.id,
      key: "a key",
      onDependencyFailure: "run",
    });

    await stage.store.submit({ tasks: [task], now: stage.now });

    expect(await stage.task(task.id)).toMatchObject(task);
  });

  it("refuses a task whose exclusive parts another open task of its type has", async () => {
    const stage = await begin();
    const exclusive = ["of.name", "of.part"];
    const hand = (payload: JsonValue, type = "echo") =>
      stage.store.submit({
        tasks: [stage.newTask({ type, payload })],
        now: stage.now,
        exclusive,
      });
    const taken = { of: { name: "a", part: "1" } };
    const [first] = await hand(taken);

    const atOnce = await Promise.allSettled([hand(taken), hand(taken)]);
    await hand({ of: { name: "b", part: "1" } });
    await hand({ of: { name: "a" } });
    await hand({ of: { name: "a" } });
    await hand(null);
    await hand(taken, "other");
    await stage.store.cancel({ taskId: first?.task.id ?? "", reason: "test", now: stage.now });
    const both = stage.store.submit({
      tasks: [stage.newTask({ payload: taken }), stage.newTask({ payload: taken })],
      now: stage.now,
      exclusive,
    });

    expect(atOnce).toMatchObject([
      { reason: { code: "conflict", message: expect.stringContaining(first?.task.id ?? "") } },
      { reason: { code: "conflict" } },
    ]);
    await expect(both).rejects.toMatchObject({ code: "conflict" });
    expect((await hand(taken))[0]?.created).toBe(true);
  });

  it.each(["running", "blocked", "pending", "waiting"])(
    "refuses a task whose exclusive parts one has that is %s",
    async (state) => {
      const stage = await begin();
      const payload = { of: { name: "a" } };
      const before = await stage.submit();
      const which = {
        running: {},
        blocked: { after: [before.id] },
        pending: {},
        waiting: { runAt: stage.now + 1_000 },
      }[state];
      await stage.submit({ payload, ...which, priority: 1 });
      if (state === "running") await stage.claimTask(await stage.worker());

      const again = stage.store.submit({
        tasks: [stage.newTask({ payload })],
        now: stage.now,
        exclusive: ["of.name"],
      });

      await expect(again).rejects.toMatchObject({ code: "conflict" });
    },
  );

  it("recognises a task that is submitted again, though it shares its exclusive parts with itself", async () => {
    const stage = await begin();
    const task = stage.newTask({ payload: { of: { name: "a" } } });
    const hand = () =>
      stage.store.submit({ tasks: [task], now: stage.now, exclusive: ["of.name"] });
    await hand();

    expect((await hand())[0]?.created).toBe(false);
  });

  it("finds nothing under an id that nobody submitted", async () => {
    const stage = await begin();

    expect(await stage.store.findTask("nobody")).toBeUndefined();
  });

  it("recognises a task that is submitted again by its id", async () => {
    const stage = await begin();
    const task = stage.newTask();
    await stage.store.submit({ tasks: [task], now: stage.now });

    const again = { ...task, payload: "another" };
    const [second] = await stage.store.submit({ tasks: [again], now: stage.now + 1 });

    expect(second).toMatchObject({
      created: false,
      task: { payload: task.payload, createdAt: stage.now },
    });
    expect((await stage.store.listTasks({ limit: 10 })).items).toHaveLength(1);
    expect(await stage.eventTypes()).toEqual(["task_submitted"]);
  });

  it("recognises a task by its key, also when it has ended", async () => {
    const stage = await begin();
    const first = await stage.submit({ key: "nightly" });
    await stage.complete(await stage.claimTask(await stage.worker()));

    const task = stage.newTask({ key: "nightly" });
    const [second] = await stage.store.submit({ tasks: [task], now: stage.now });

    expect(second).toMatchObject({ created: false, task: { id: first.id, state: "completed" } });
    expect(await stage.store.findTask(task.id)).toBeUndefined();
  });

  it("recognises a key within one call", async () => {
    const stage = await begin();
    const tasks = [stage.newTask({ key: "same" }), stage.newTask({ key: "same" })];

    const submitted = await stage.store.submit({ tasks, now: stage.now });

    expect(submitted.map(({ created }) => created)).toEqual([true, false]);
    expect(submitted[1]?.task.id).toBe(tasks[0]?.id);
  });

  it("refuses a key that is known for another type, and adds none of the call", async () => {
    const stage = await begin();
    await stage.submit({ key: "nightly", type: "notebook" });
    const innocent = stage.newTask();
    const tasks = [innocent, stage.newTask({ key: "nightly", type: "drawio" })];

    await expect(stage.store.submit({ tasks, now: stage.now })).rejects.toMatchObject({
      code: "key_conflict",
    });

    expect(await stage.store.findTask(innocent.id)).toBeUndefined();
  });

  it("adds none of the tasks when one waits for a task that nobody knows", async () => {
    const stage = await begin();
    const innocent = stage.newTask();
    const tasks = [innocent, stage.newTask({ after: ["nobody"] })];

    await expect(stage.store.submit({ tasks, now: stage.now })).rejects.toMatchObject({
      code: "unknown_dependency",
    });

    expect(await stage.store.findTask(innocent.id)).toBeUndefined();
    expect(await stage.eventTypes()).toEqual([]);
  });

  it("keeps the neighbours of a submit that fails", async () => {
    const stage = await begin();
    const good = [stage.newTask(), stage.newTask()];
    const bad = [stage.newTask(), stage.newTask({ after: ["nobody"] })];

    const outcomes = await Promise.allSettled(
      [good.slice(0, 1), bad, good.slice(1)].map((tasks) =>
        stage.store.submit({ tasks, now: stage.now }),
      ),
    );

    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const { items } = await stage.store.listTasks({ limit: 10 });
    expect(items.map(({ id }) => id).toSorted()).toEqual(good.map(({ id }) => id).toSorted());
  });

  it("adds a thousand tasks at once, in order", async () => {
    const stage = await begin();
    const tasks = numbered(1_000, (index) => stage.newTask({ payload: index }));

    const submitted = await stage.store.submit({ tasks, now: stage.now });

    expect(submitted.map(({ task }) => task.payload)).toEqual(numbered(1_000, (index) => index));
    const worker = await stage.worker();
    const { tasks: claimed } = await stage.claim(worker, { limit: 1_000 });
    expect(claimed.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
  });

  it("shows a second connection what the first was told is kept", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();

    for (const id of numbered(20, () => newId(stage.now))) {
      await stage.submit({ id });
      expect(await other.findTask(id)).toMatchObject({ id, state: "pending" });
    }
  });

  it("gives a key to one of two connections that submit it at once", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const params = () => ({ tasks: [stage.newTask({ key: "once" })], now: stage.now });

    const both = await Promise.all([stage.store.submit(params()), other.submit(params())]);

    const submitted = both.flat();
    expect(submitted.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(submitted.map(({ task }) => task.id)).size).toBe(1);
  });
}
