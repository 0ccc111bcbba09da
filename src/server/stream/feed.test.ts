import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { newTask } from "../../../test/server/live-site.ts";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { until } from "../../../test/support/until.ts";
import type { LoggedEvent } from "../../domain/event.ts";
import { createFeed } from "./create-feed.ts";
import type { ChangeTopic, FollowParams } from "./feed.ts";

async function stage() {
  const site = await openSqliteSite();
  const errors: unknown[] = [];
  const feed = createFeed({ store: site.store, onError: (error) => errors.push(error) });
  onTestFinished(async () => {
    await feed.close();
    await site.close();
  });
  const submit = async (count: number) => {
    const tasks = Array.from({ length: count }, () => newTask());
    return await site.store.submit({ tasks, now: Date.now() });
  };
  return { ...site, feed, errors, submit };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Takes what it is told when it is asked to. */
function follow({ feed }: Stage, params: Omit<FollowParams, "signal">) {
  const gone = new AbortController();
  const events = feed.follow({ ...params, signal: gone.signal })[Symbol.asyncIterator]();
  onTestFinished(() => gone.abort());
  return {
    leave: () => gone.abort(),
    next: async (): Promise<readonly LoggedEvent[]> => (await events.next()).value ?? [],
    async take(count: number): Promise<number[]> {
      const cursors: number[] = [];
      while (cursors.length < count) {
        const { value, done } = await events.next();
        if (done) throw new Error(`it ended after ${cursors.length}`);
        cursors.push(...value.map(({ cursor }: LoggedEvent) => cursor));
      }
      return cursors;
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("the feed", () => {
  it("joins the past and what happens meanwhile without a gap or a repetition", async () => {
    const on = await stage();
    await on.submit(1_700);
    const reader = follow(on, { after: 0 });
    const busy = (async () => {
      for (let round = 0; round < 30; round++) await on.submit(50);
    })();

    const cursors = await reader.take(1_700 + 1_500);
    await busy;

    expect(cursors).toEqual(upTo(3_200));
  });

  it("gives a listener that was away too long the rest from the store", async () => {
    const on = await stage();
    const reader = follow(on, { after: "now" });
    const first = reader.next();
    await until(() => on.feed.listeners === 1);
    await on.submit(1);
    await first;
    const quick = follow(on, { after: 1 });

    for (let round = 0; round < 4; round++) await on.submit(1_000);
    await quick.take(4_000);
    const cursors = await reader.take(4_000);

    expect(cursors).toEqual(upTo(4_001).slice(1));
  });

  it("tells events of other processes, and those of one task alone when asked", async () => {
    const on = await stage();
    const [mine] = await on.submit(1);
    const taskId = mine?.task.id ?? "";
    const reader = follow(on, { after: 0, taskId });
    await reader.take(1);
    const other = await on.openAnother();

    await on.submit(20);
    await other.cancel({ taskId, reason: "elsewhere", now: Date.now() });
    const events = await reader.next();

    expect(events.map(({ type, taskId: of }) => [type, of])).toEqual([["task_cancelled", taskId]]);
  });

  it("names only topics that are wanted, and those that the store does not know too", async () => {
    const on = await stage();
    const gone = new AbortController();
    const wanted: ChangeTopic[] = ["events", "bulk:1"];
    const told = on.feed
      .changes({ signal: gone.signal, restMs: 0, topics: wanted })
      [Symbol.asyncIterator]();
    const topics = async () => (await told.next()).value?.topics;

    const first = await topics();
    const second = topics();
    on.feed.tell(["bulk:1", "bulk:2", "tasks"]);
    const third = second.then(topics);
    await second;
    await on.submit(1);

    expect([first, await second, await third]).toEqual([wanted, ["bulk:1"], ["events"]]);
    gone.abort();
  });

  it("tells listeners together, whenever they came", async () => {
    const on = await stage();
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const toldAt = new Map<number, number>();
    const listen = async (name: number) => {
      for await (const _ of on.feed.changes({ signal: gone.signal, restMs: 400 }))
        toldAt.set(name, performance.now());
    };
    const busy = setInterval(() => on.feed.tell(["tasks"]), 5);
    onTestFinished(() => clearInterval(busy));

    for (let name = 0; name < 8; name++) {
      void listen(name);
      await sleep(50);
    }
    await until(() => {
      const times = [...toldAt.values()];
      return times.length === 8 && Math.max(...times) - Math.min(...times) < 20;
    });
  });

  it("reads nothing more once the last listener has left", async () => {
    const on = await stage();
    const reader = follow(on, { after: 0 });
    await on.submit(1);
    await reader.take(1);

    const last = reader.next();
    reader.leave();

    expect(await last).toEqual([]);
    expect(on.feed.listeners).toBe(0);
    await on.store.close();
    expect(on.errors).toEqual([]);
  });

  it("makes one overview for all who ask within a second", async () => {
    const on = await stage();

    const overviews = await Promise.all(Array.from({ length: 20 }, () => on.feed.overview()));

    expect(new Set(overviews).size).toBe(1);
  });

  it("ends what is open when it closes, and opens nothing any more", async () => {
    const on = await stage();
    const reader = follow(on, { after: "now" });
    const waiting = reader.next();
    await until(() => on.feed.listeners === 1);

    await on.feed.close();
    const late = follow(on, { after: 0 });

    expect(await waiting).toEqual([]);
    expect(await late.next()).toEqual([]);
  });
});
