import { expect, it } from "vitest";
import { type Begin, defined, someProcess } from "./stage.ts";

export function describeSessions(begin: Begin): void {
  it("are opened and found", async () => {
    const stage = await begin();
    const session = { id: "s1", kind: "build", process: someProcess() };

    const opened = await stage.store.openSession({ session, now: stage.now });

    expect(opened).toEqual({ ...session, openedAt: stage.now });
    expect(await stage.store.findSession("s1")).toEqual(opened);
    expect(await stage.store.findSession("s2")).toBeUndefined();
    expect(await stage.eventTypes()).toEqual(["session_opened"]);
  });

  it("are recognised when they are opened again", async () => {
    const stage = await begin();
    const first = await stage.openSession({ id: "s1" });
    stage.now += 1;

    expect(await stage.openSession({ id: "s1" })).toEqual(first);
    expect(await stage.eventTypes()).toEqual(["session_opened"]);
  });

  it("are listed, the open ones or the closed ones alone if asked", async () => {
    const stage = await begin();
    await stage.openSession({ id: "a" });
    await stage.openSession({ id: "b" });
    await stage.store.endSession({ sessionId: "a", reason: "done", now: stage.now });

    const ids = async (params: { open?: boolean }) =>
      (await stage.store.listSessions(params)).map(({ id }) => id);
    expect(await ids({})).toEqual(["a", "b"]);
    expect(await ids({ open: true })).toEqual(["b"]);
    expect(await ids({ open: false })).toEqual(["a"]);
  });

  it("take their open tasks with them when they end", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const worker = await stage.worker({ sessionId });
    const completed = await stage.submit({ sessionId });
    await stage.complete(await stage.claimTask(worker));
    const running = await stage.submit({ sessionId });
    await stage.claimTask(worker);
    const pending = await stage.submit({ sessionId });
    const later = await stage.submit({ sessionId, runAt: stage.now + 5 });
    const blocked = await stage.submit({ sessionId, after: [running.id] });
    const foreign = await stage.submit();

    const ended = await stage.store.endSession({ sessionId, reason: "done", now: stage.now });

    expect(ended).toMatchObject({ endedAt: stage.now, endReason: "done" });
    expect(await stage.store.findSession(sessionId)).toEqual(ended);
    for (const { id } of [pending, later, blocked]) {
      expect(await stage.task(id)).toMatchObject({ state: "cancelled", cancelReason: "done" });
    }
    expect(await stage.task(running.id)).toMatchObject({ state: "running", cancelReason: "done" });
    expect(await stage.task(completed.id)).toMatchObject({ state: "completed" });
    expect(await stage.task(foreign.id)).toMatchObject({ state: "pending" });
    expect((await stage.eventTypes()).at(-1)).toBe("session_ended");
  });

  it("send their workers away when they end, and nobody else's", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const created = await stage.createdWorker({ sessionId });
    const idle = await stage.worker({ sessionId });
    const draining = await stage.worker({ sessionId });
    await stage.store.changeWorker({ workerId: draining, event: "drain", now: stage.now });
    const ended = await stage.worker({ sessionId });
    await stage.endWorker(ended);
    const foreign = await stage.worker();

    await stage.store.endSession({ sessionId, reason: "done", now: stage.now });

    const states = (await stage.store.listWorkers({})).map(({ id, state }) => [id, state]);
    expect(states).toEqual([
      [created, "draining"],
      [idle, "draining"],
      [draining, "draining"],
      [ended, "failed"],
      [foreign, "idle"],
    ]);
  });

  it("skip the tasks of others that wait for theirs", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const first = await stage.submit({ sessionId });
    const foreign = await stage.submit({ after: [first.id] });

    await stage.store.endSession({ sessionId, reason: "done", now: stage.now });

    expect(await stage.task(foreign.id)).toMatchObject({ state: "cancelled" });
  });

  it("end each of their tasks once for those of others that wait for several", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const open = await stage.submit();
    const first = await stage.submit({ sessionId, after: [open.id] });
    const second = await stage.submit({ sessionId, after: [first.id] });
    const foreign = await stage.submit({
      after: [second.id, open.id],
      onDependencyFailure: "run",
    });

    await stage.store.endSession({ sessionId, reason: "done", now: stage.now });

    expect(await stage.task(foreign.id)).toMatchObject({ state: "blocked" });
  });

  it("are ended once: the second time is harmless", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const first = await stage.store.endSession({ sessionId, reason: "done", now: stage.now });

    const params = { sessionId, reason: "again", now: stage.now + 1 };
    expect(await stage.store.endSession(params)).toEqual(first);
    await expect(stage.store.endSession({ ...params, sessionId: "nobody" })).rejects.toMatchObject({
      code: "session_not_found",
    });
  });

  it("take nothing new once they have ended, but recognise what they had", async () => {
    const stage = await begin();
    const { id: sessionId } = await stage.openSession();
    const known = stage.newTask({ sessionId });
    await stage.store.submit({ tasks: [known], now: stage.now });
    await stage.store.endSession({ sessionId, reason: "done", now: stage.now });

    const refused = { code: "illegal_transition" };
    await expect(stage.submit({ sessionId })).rejects.toMatchObject(refused);
    await expect(stage.createdWorker({ sessionId })).rejects.toMatchObject(refused);
    const [again] = await stage.store.submit({ tasks: [known], now: stage.now });
    expect(defined(again)).toMatchObject({ created: false, task: { state: "cancelled" } });
  });
}
