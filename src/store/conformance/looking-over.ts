import { expect, it } from "vitest";
import { finalTaskStates } from "../../domain/task-state.ts";
import type { EndedTally } from "../task-store.ts";
import { type Begin, numbered, type Stage } from "./stage.ts";

export function describeLookingOver(begin: Begin): void {
  it("counts only the states that are asked for", async () => {
    const stage = await begin();
    await stage.complete(await stage.runningTask());
    await stage.submit();

    const { store } = stage;
    expect(await store.countTasks({ states: ["pending"] })).toMatchObject([{ count: 1 }]);
    expect(await store.countTasks({ states: finalTaskStates })).toMatchObject([{ count: 1 }]);
    expect(await store.countTasks({ states: [] })).toEqual([]);
  });

  it("lists waiting tasks in the order of their claims, then later ones, then blocked ones", async () => {
    const stage = await begin();
    const second = await stage.submit();
    const third = await stage.submit();
    const first = await stage.submit({ priority: 5 });
    const far = await stage.submit({ runAt: stage.now + 2_000, priority: 9 });
    const near = await stage.submit({ runAt: stage.now + 1_000 });
    const blocked = await stage.submit({ after: [third.id] });
    await stage.submit({ type: "notebook" });
    await stage.submit({ queue: "slow" });

    const waiting = await waitingOf(stage, 10);

    const order = [first, second, third, near, far, blocked];
    expect(waiting.map(({ task }) => task.id)).toEqual(order.map(({ id }) => id));
    expect(waiting[0]?.task).toEqual(await stage.task(first.id));
  });

  it("lists no more waiting tasks of each kind than it is asked for", async () => {
    const stage = await begin();
    const due = numbered(3, () => stage.newTask());
    const later = numbered(3, () => stage.newTask({ runAt: stage.now + 1 }));
    const blocked = numbered(3, () => stage.newTask({ after: [due[0]?.id ?? ""] }));
    await stage.store.submit({ tasks: [...due, ...later, ...blocked], now: stage.now });

    const states = (await waitingOf(stage, 2)).map(({ task: { state, runAt } }) => [state, runAt]);

    const at = stage.now + 1;
    expect(states).toEqual([
      ["pending", undefined],
      ["pending", undefined],
      ["pending", at],
      ["pending", at],
      ["blocked", undefined],
      ["blocked", undefined],
    ]);
  });

  it("names what a blocked task still waits for, and not what has ended", async () => {
    const stage = await begin();
    const done = await stage.runningTask();
    const open = await stage.submit();
    const running = await stage.submit({ type: "notebook", after: [done.id, open.id] });
    await stage.complete(done);

    const [, blocked] = [
      ...(await waitingOf(stage, 5)),
      ...(await stage.store.listWaiting({ type: "notebook", queue: "default", limit: 5 })),
    ];

    expect(blocked?.task.id).toBe(running.id);
    expect(blocked?.openDependencies).toEqual([open.id]);
  });

  it("tallies what ended since then, by type and state, with times and causes", async () => {
    const stage = await begin();
    await stage.complete(await stage.runningTask());
    stage.now += 10_000;
    const since = stage.now;
    await endAfter(stage, 100, (task) => stage.complete(task));
    await endAfter(stage, 300, (task) => stage.complete(task));
    await endAfter(stage, 50, (task) => stage.fail(task, "exit_code"));
    await endAfter(stage, 50, (task) => stage.fail(task, "user_error"));
    await endAfter(stage, 50, (task) => stage.fail(task, "user_error"));
    const skipped = await stage.submit({ type: "notebook" });
    await stage.store.cancel({ taskId: skipped.id, reason: "no", now: stage.now });

    const tally = await stage.store.tallyEnded({ since, sample: 10 });

    expect(tally).toHaveLength(3);
    expect(rowOf(tally, "completed")).toEqual({
      ...{ type: "echo", state: "completed", count: 2, from: since },
      sample: { ran: 2, tookMs: 400, failures: [] },
    });
    const failed = rowOf(tally, "failed");
    expect(failed).toMatchObject({ type: "echo", count: 3, sample: { ran: 3, tookMs: 150 } });
    expect(failed?.sample.failures.toSorted((a, b) => b.count - a.count)).toEqual([
      { kind: "user_error", count: 2 },
      { kind: "exit_code", count: 1 },
    ]);
    expect(rowOf(tally, "cancelled")).toMatchObject({
      type: "notebook",
      sample: { ran: 0, tookMs: 0, failures: [] },
    });
  });

  it("counts all but looks at the last to end only, for times and causes", async () => {
    const stage = await begin();
    const since = stage.now;
    for (const ms of [1_000, 20, 10]) await endAfter(stage, ms, (task) => stage.complete(task));

    const [two] = await stage.store.tallyEnded({ since, sample: 2 });
    const [none] = await stage.store.tallyEnded({ since, sample: 0 });

    expect(two).toMatchObject({ count: 3, sample: { ran: 2, tookMs: 30 } });
    expect(none).toMatchObject({ count: 3, sample: { ran: 0, tookMs: 0, failures: [] } });
    expect(await stage.store.tallyEnded({ since: stage.now + 1, sample: 2 })).toEqual([]);
  });

  it("knows what was last said of pools, newest first", async () => {
    const stage = await begin();
    const about = { at: stage.now, workerType: "echo" };
    await stage.store.appendEvents({
      events: [
        { ...about, type: "pool_starting", data: { pool: "echo" } },
        { ...about, type: "worker_ready" },
        { ...about, type: "admission_refused", message: "no room" },
        { ...about, type: "task_completed" },
        { ...about, type: "pool_gave_up" },
      ],
    });

    const said = await stage.store.listPoolEvents({ limit: 2 });

    expect(said.map(({ type }) => type)).toEqual(["pool_gave_up", "admission_refused"]);
    expect(said[1]).toMatchObject({ message: "no room", workerType: "echo" });
    expect(await stage.store.listPoolEvents({ limit: 9 })).toHaveLength(3);
  });
}

function waitingOf({ store }: Stage, limit: number) {
  return store.listWaiting({ type: "echo", queue: "default", limit });
}

async function endAfter(
  stage: Stage,
  ms: number,
  end: (task: Awaited<ReturnType<Stage["runningTask"]>>) => Promise<string>,
): Promise<void> {
  const task = await stage.runningTask();
  stage.now += ms;
  await end(task);
}

function rowOf(tally: readonly EndedTally[], state: string): EndedTally | undefined {
  return tally.find((row) => row.state === state);
}
