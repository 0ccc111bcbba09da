import { expect, it } from "vitest";
import { type Begin, numbered } from "./stage.ts";

export function describeClosing(begin: Begin): void {
  it("waits for what is under way", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    const tasks = numbered(20, () => stage.newTask());
    const submits = tasks.map((task) => other.submit({ tasks: [task], now: stage.now }));

    await other.close();

    await expect(Promise.all(submits)).resolves.toHaveLength(20);
    const { items } = await stage.store.listTasks({ limit: 99 });
    expect(items).toHaveLength(20);
  });

  it("is harmless when repeated", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();

    await Promise.all([other.close(), other.close()]);
    await other.close();
  });

  it("leaves nothing to call", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    await other.close();
    const closed = { code: "store_closed" };

    await expect(other.findTask("x")).rejects.toMatchObject(closed);
    await expect(other.submit({ tasks: [stage.newTask()], now: stage.now })).rejects.toMatchObject(
      closed,
    );
    await expect(other.claim({ workerId: "w", limit: 1, now: stage.now })).rejects.toMatchObject(
      closed,
    );
    expect(() => other.watch([{ kind: "changes" }], () => {})).toThrowError(
      expect.objectContaining(closed),
    );
  });

  it("keeps what was acknowledged for those who open it next", async () => {
    const stage = await begin();
    const first = await stage.site.openAnother();
    const task = stage.newTask();
    await first.submit({ tasks: [task], now: stage.now });
    await first.close();

    const next = await stage.site.openAnother();

    expect(await next.findTask(task.id)).toMatchObject({ id: task.id });
  });

  it("says where it is and what it can do", async () => {
    const stage = await begin();

    expect(stage.store.abilities.location).not.toBe("");
    expect(stage.store.abilities).toMatchObject({
      spansMachines: expect.any(Boolean),
      powerLossSafe: expect.any(Boolean),
    });
  });
}
