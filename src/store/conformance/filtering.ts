import { expect, it } from "vitest";
import { labelCaps } from "../../domain/task.ts";
import { taskStates } from "../../domain/task-state.ts";
import type { TaskFilter } from "../task-store.ts";
import { type Begin, failed, numbered, type Stage } from "./stage.ts";

export function describeFiltering(begin: Begin): void {
  it("finds tasks by tag, by the time of submission and by what they failed of", async () => {
    const stage = await begin();
    const began = stage.now;
    const first = await stage.runningTask({ tags: ["nightly", "deck"] });
    await stage.fail(first, "user_error");
    stage.now += 10;
    const second = await stage.runningTask({ tags: ["deck"] });
    await stage.fail(second, "timed_out");
    stage.now += 10;
    const third = await stage.submit();

    expect(await found(stage, { tag: "deck" })).toEqual([second.id, first.id]);
    expect(await found(stage, { tag: "nightly" })).toEqual([first.id]);
    expect(await found(stage, { tag: "night" })).toEqual([]);
    expect(await found(stage, { failureKind: "timed_out" })).toEqual([second.id]);
    expect(await found(stage, { createdAfter: began })).toEqual([third.id, second.id]);
    expect(await found(stage, { createdBefore: began + 10 })).toEqual([first.id]);
    expect(
      await found(stage, { createdAfter: began, createdBefore: began + 20, tag: "deck" }),
    ).toEqual([second.id]);
  });

  it("finds a text in id, title, tags, payload and the failure's message", async () => {
    const stage = await begin();
    const texts = [
      { id: "id-NEEDLE-1" },
      { title: "A Needle in it" },
      { tags: ["hay", "needles"] },
      { payload: { deep: ["say needle"] } },
    ];
    for (const fields of texts) await stage.submit({ payload: null, ...fields });
    const task = await stage.runningTask({ type: "other", payload: null });
    const failure = { kind: "user_error", message: "lost the nEEdle" } as const;
    await stage.settle(task, { kind: "failed", failure });
    await stage.submit({ payload: "hay", title: "hay", tags: ["hay"] });

    expect(await found(stage, { text: "needle" })).toHaveLength(5);
    expect(await found(stage, { text: "NEEDLE", type: "other" })).toEqual([task.id]);
    expect(await found(stage, { text: "user_error" })).toEqual([]);
    expect(await found(stage, { text: "" })).toHaveLength(6);
  });

  it("takes the letters of a text as they are, large or small in any script", async () => {
    const stage = await begin();
    const titles = ["100 %", "1000", "a_b", "axb", "GRÖSSE", 'say "hi"\\n', "Ωmega"];
    for (const title of titles) {
      await stage.submit({ title, payload: { title } });
    }
    const titlesWith = async (text: string) => {
      const { items } = await stage.store.listTasks({ text, limit: 99, order: "oldest" });
      return items.map(({ title }) => title);
    };

    expect(await titlesWith("100 %")).toEqual(["100 %"]);
    expect(await titlesWith("a_b")).toEqual(["a_b"]);
    expect(await titlesWith("größ")).toEqual([]);
    expect(await titlesWith("grös")).toEqual(["GRÖSSE"]);
    expect(await titlesWith("ωMEGA")).toEqual(["Ωmega"]);
    expect(await titlesWith('"hi"\\n')).toEqual(['say "hi"\\n']);
    expect(await titlesWith("'; drop table tasks; --")).toEqual([]);
  });

  it("lists the oldest first, or those that ended last, page by page", async () => {
    const stage = await begin();
    const ids: string[] = [];
    for (const end of ["complete", "fail", "complete", undefined] as const) {
      const task = await stage.runningTask();
      ids.push(task.id);
      if (end !== undefined) await stage[end](task);
      if (ids.length === 2) stage.now += 10;
    }
    const [first, second, third] = ids;
    const early = await stage.submit();
    stage.now += 10;
    await stage.store.cancel({ taskId: early.id, reason: "no", now: stage.now });

    expect(await pages(stage, { order: "oldest" })).toEqual([...ids, early.id]);
    const ended = [early.id, third, second, first];
    expect(await pages(stage, { order: "ended" })).toEqual(ended);
    expect(await pages(stage, { order: "ended", states: ["completed", "running"] })).toEqual([
      third,
      first,
    ]);
    expect(await pages(stage, { order: "ended", states: ["running"] })).toEqual([]);
  });

  it("refuses what is no next page in the order asked for", async () => {
    const stage = await begin();
    for (const after of ["x", "-1", "1.5.2", "", "1;2"]) {
      for (const order of ["newest", "oldest", "ended"] as const) {
        const list = stage.store.listTasks({ limit: 1, after, order });
        await expect(list).rejects.toMatchObject({ code: "invalid_value" });
      }
    }
    const mixed = stage.store.listTasks({ limit: 1, after: "12", order: "ended" });
    await expect(mixed).rejects.toMatchObject({ code: "invalid_value" });
  });

  it("counts those of each state that fit, whatever states the filter names", async () => {
    const stage = await begin();
    await stage.fail(await stage.runningTask({ tags: ["a"] }));
    await stage.complete(await stage.runningTask({ tags: ["a"] }));
    await stage.submit({ tags: ["a"] });
    await stage.submit({ tags: ["b"], runAt: stage.now + 9 });
    await stage.submit({ type: "other", tags: ["a"] });

    const none = { blocked: 0, pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
    const count = async (filter: TaskFilter) => (await stage.store.countMatching(filter)).counts;
    expect(await count({})).toEqual({ ...none, failed: 1, completed: 1, pending: 3 });
    expect(await count({ type: "echo", states: ["failed"] })).toEqual({
      ...none,
      failed: 1,
      completed: 1,
      pending: 2,
    });
    expect(await count({ tag: "b" })).toEqual({ ...none, pending: 1 });
    expect(await count({ idPrefix: "nothing" })).toEqual(none);
  });

  it("agrees with the list under every filter", async () => {
    const stage = await begin();
    const session = await stage.openSession();
    const failing = await stage.runningTask({ tags: ["x"], title: "one" });
    await stage.settle(failing, failed("timed_out"));
    await stage.complete(await stage.runningTask({ queue: "slow", title: "two" }));
    const pending = await stage.submit({ sessionId: session.id, tags: ["x"] });
    await stage.submit({ after: [pending.id], title: "two" });
    stage.now += 5;
    await stage.submit({ type: "other", title: "one" });
    const filters: TaskFilter[] = [
      {},
      { type: "echo" },
      { queue: "slow" },
      { sessionId: session.id },
      { workerId: failing.workerId ?? "" },
      { dependsOn: pending.id },
      { idPrefix: pending.id.slice(0, 8) },
      { tag: "x" },
      { failureKind: "timed_out" },
      { createdAfter: stage.now - 5 },
      { createdBefore: stage.now },
      { text: "two" },
      { text: "one", type: "echo", tag: "x" },
    ];

    for (const filter of filters) {
      const { counts } = await stage.store.countMatching(filter);
      for (const state of taskStates) {
        const listed = await found(stage, { ...filter, states: [state] });
        expect([filter, state, counts[state]]).toEqual([filter, state, listed.length]);
      }
    }
  });

  it("keeps titles and tags, up to their limits", async () => {
    const stage = await begin();
    const labels = {
      title: "x".repeat(labelCaps.title),
      tags: numbered(labelCaps.tags, (index) => `${index}`.padEnd(labelCaps.tag, "y")),
    };
    const task = await stage.submit(labels);

    expect(task).toMatchObject(labels);
    expect(await stage.task(task.id)).toEqual(task);
    expect(await stage.claimTask(await stage.worker())).toMatchObject(labels);
    for (const wrong of [
      { title: "x".repeat(labelCaps.title + 1) },
      { tags: numbered(labelCaps.tags + 1, String) },
      { tags: ["y".repeat(labelCaps.tag + 1)] },
      { tags: [" "] },
    ]) {
      await expect(stage.submit(wrong)).rejects.toMatchObject({ code: "invalid_value" });
    }
    expect(await found(stage, {})).toHaveLength(1);
  });
}

async function found(stage: Stage, filter: TaskFilter): Promise<string[]> {
  const { items } = await stage.store.listTasks({ limit: 100, ...filter });
  return items.map(({ id }) => id);
}

type Order = "newest" | "oldest" | "ended";

/** All pages of one task each. */
async function pages(
  stage: Stage,
  params: TaskFilter & { readonly order: Order },
): Promise<(string | undefined)[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await stage.store.listTasks({
      ...params,
      limit: 1,
      ...(after !== undefined && { after }),
    });
    ids.push(...page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}
