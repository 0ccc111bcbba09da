import { expect, it } from "vitest";
import type { ListTasksParams } from "../task-store.ts";
import { type Begin, numbered, type Stage } from "./stage.ts";

export function describeListing(begin: Begin): void {
  it("show the newest first, page by page", async () => {
    const stage = await begin();
    const tasks = numbered(7, () => stage.newTask());
    await stage.store.submit({ tasks, now: stage.now });

    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await stage.store.listTasks({ limit: 3, ...(after !== undefined && { after }) });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);

    expect(seen).toEqual(tasks.map(({ id }) => id).toReversed());
  });

  it("have no next page after a last one that is full", async () => {
    const stage = await begin();
    await stage.store.submit({ tasks: numbered(3, () => stage.newTask()), now: stage.now });

    expect(await stage.store.listTasks({ limit: 3 })).not.toHaveProperty("next");
  });

  it("give no task twice when others arrive between two pages", async () => {
    const stage = await begin();
    await stage.store.submit({ tasks: numbered(4, () => stage.newTask()), now: stage.now });
    const first = await stage.store.listTasks({ limit: 2 });
    await stage.submit();

    const second = await stage.store.listTasks({ limit: 2, after: first.next ?? "" });

    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it("filter by each property, and by several at once", async () => {
    const stage = await begin();
    const session = await stage.openSession();
    const plain = await stage.submit({ id: "aaa1" });
    const other = await stage.submit({ id: "aab2", type: "notebook", queue: "slow" });
    const owned = await stage.submit({ id: "abc3", sessionId: session.id, after: [plain.id] });
    const running = await stage.claimTask(await stage.worker());

    const workerId = running.workerId ?? "";
    expect(await idsOf(stage, { states: ["blocked", "running"] })).toEqual([owned.id, plain.id]);
    expect(await idsOf(stage, { states: [] })).toEqual([]);
    expect(await idsOf(stage, { type: "notebook" })).toEqual([other.id]);
    expect(await idsOf(stage, { queue: "slow" })).toEqual([other.id]);
    expect(await idsOf(stage, { sessionId: session.id })).toEqual([owned.id]);
    expect(await idsOf(stage, { workerId })).toEqual([plain.id]);
    expect(await idsOf(stage, { dependsOn: plain.id })).toEqual([owned.id]);
    expect(await idsOf(stage, { idPrefix: "aa" })).toEqual([other.id, plain.id]);
    expect(await idsOf(stage, { idPrefix: "aa", states: ["pending"] })).toEqual([other.id]);
    expect(await idsOf(stage, { idPrefix: "a_" })).toEqual([]);
  });

  it("count a row for each type, queue and state, with the oldest", async () => {
    const stage = await begin();
    const began = stage.now;
    await stage.submit();
    stage.now += 10;
    await stage.submit({ runAt: stage.now + 1_000 });
    await stage.submit({ type: "notebook" });
    stage.now += 10;
    await stage.runningTask({ queue: "slow" });
    const failed = await stage.runningTask({ queue: "fast" });
    await stage.submit({ after: [failed.id], queue: "fast" });
    await stage.fail(failed);

    const counts = await stage.store.countTasks({});

    const of = (type: string, queue: string, state: string) =>
      counts.filter((row) => row.type === type && row.queue === queue && row.state === state);
    expect(counts).toHaveLength(5);
    expect(of("echo", "default", "pending")).toMatchObject([{ count: 2, oldest: began }]);
    expect(of("notebook", "default", "pending")).toMatchObject([{ count: 1, oldest: began + 10 }]);
    expect(of("echo", "slow", "running")).toMatchObject([{ count: 1 }]);
    expect(of("echo", "fast", "failed")).toMatchObject([{ count: 1 }]);
    expect(of("echo", "fast", "cancelled")).toMatchObject([{ count: 1 }]);
  });

  it("count the due tasks that come before a pending one", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const earliest = await stage.submit();
    const last = await stage.submit({ sessionId });
    await stage.submit({ priority: 1 });
    const first = await stage.submit({ priority: 2, runAt: stage.now + 10, sessionId });
    await stage.submit({ priority: 3, runAt: stage.now + 99 });
    await stage.submit({ priority: 3, queue: "other" });
    await stage.submit({ priority: 3, type: "other" });
    await stage.submit({ priority: 3, after: [last.id] });
    await stage.submit({ priority: -1 });
    const count = (taskId: string, more: { sessionId?: string } = {}) =>
      stage.store.countAhead({ taskId, now: stage.now, ...more });

    expect(await count(last.id)).toBe(2);
    stage.now += 10;
    expect(await count(last.id)).toBe(3);
    expect(await count(last.id, { sessionId })).toBe(1);
    expect(await count(first.id)).toBe(0);
    await stage.claimTask(await stage.worker());
    expect(await count(last.id)).toBe(2);
    expect(await count(first.id)).toBe(0);
    expect(await count(earliest.id)).toBe(1);
    expect(await count("nobody")).toBe(0);
  });

  it("count the tasks of one session in every state", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    await stage.submit();
    const first = await stage.submit({ sessionId });
    await stage.submit({ sessionId, after: [first.id] });
    await stage.submit({ sessionId, runAt: stage.now + 1 });
    await stage.submit({ sessionId });
    const worker = await stage.worker({ sessionId });
    await stage.complete(await stage.claimTask(worker));
    await stage.claimTask(worker);

    const counts = await stage.store.countTasks({ sessionId });

    const pairs = counts.map(({ state, count }) => `${count} ${state}`);
    expect(pairs.toSorted()).toEqual(["1 completed", "1 running", "2 pending"]);
  });
}

async function idsOf(stage: Stage, filter: Omit<ListTasksParams, "limit">): Promise<string[]> {
  const { items } = await stage.store.listTasks({ limit: 100, ...filter });
  return items.map(({ id }) => id);
}
