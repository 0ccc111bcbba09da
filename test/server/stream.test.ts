import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished } from "vitest";
import { streamRoutes } from "../../src/server/routes/streams.ts";
import { bestOf } from "../support/best-of.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { until } from "../support/until.ts";
import { type LiveSite, openLiveSite } from "./live-site.ts";
import { SseClient } from "./sse-client.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const openSite = () => openLiveSite({ routes: streamRoutes });

function listenTo(
  { url }: LiveSite,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): SseClient {
  const client = new SseClient(`${url}${path}`, headers);
  onTestFinished(() => client.close());
  return client;
}

const types = (client: SseClient) => client.messages.map(({ data }) => data.type);
const events = (client: SseClient) => client.messages.map(({ event }) => event);

describe("the stream of events", () => {
  it("tells each event as it happens", async () => {
    const live = await openSite();
    const client = await listenTo(live, "/api/events/stream").opened();
    await until(() => live.server.feed.listeners === 1);

    const task = await live.submit();
    await client.until(({ messages }) => messages.length === 1);

    expect(client.status).toBe(200);
    expect(client.head).toMatch(/content-type: text\/event-stream/i);
    expect(client.messages[0]).toMatchObject({
      id: "1",
      event: "message",
      data: { cursor: 1, type: "task_submitted", taskId: task.id },
    });
  });

  it("begins with the past when asked for it", async () => {
    const live = await openSite();
    await live.submitMany(3);

    const client = listenTo(live, "/api/events/stream?after=1");
    await client.until(({ messages }) => messages.length === 2);
    await live.submit();
    await client.until(({ messages }) => messages.length === 3);

    expect(client.messages.map(({ id }) => id)).toEqual(["2", "3", "4"]);
  });

  it("goes on after the last event that a reader had", async () => {
    const live = await openSite();
    await live.submitMany(5);

    const client = listenTo(live, "/api/events/stream?after=0", { "Last-Event-ID": "3" });
    await client.until(({ messages }) => messages.length === 2);

    expect(client.messages.map(({ id }) => id)).toEqual(["4", "5"]);
  });

  it("begins at the end for a cursor that there is not yet", async () => {
    const live = await openSite();
    await live.submit();
    const client = listenTo(live, "/api/events/stream?after=900");
    await until(() => live.server.feed.listeners === 1);

    await live.submit();
    await client.until(({ messages }) => messages.length === 1);

    expect(client.lastId).toBe("2");
  });

  it("refuses an id that is none", async () => {
    const live = await openSite();

    const client = await listenTo(live, "/api/events/stream", { "Last-Event-ID": "x" }).opened();

    expect(client.status).toBe(400);
  });

  it("tells only of what was asked for", async () => {
    const live = await openSite();
    const [first, second] = await live.submitMany(2);
    const worker = await PlayedWorker.start(live.store);
    const ofTask = listenTo(live, `/api/events/stream?after=0&task=${second?.id}`);
    const ofWorker = listenTo(live, `/api/events/stream?after=0&worker=${worker.id}`);
    const ofType = listenTo(live, "/api/events/stream?after=0&type=task_started,task_completed");

    const task = await worker.claim();
    await worker.settle(task, { kind: "completed" });
    const other = await worker.claim();
    await worker.settle(other, { kind: "completed" });
    for (const client of [ofTask, ofWorker, ofType]) {
      await client.until(() => types(client).includes("task_completed"));
    }
    await ofType.until(({ messages }) => messages.length === 4);

    expect(task.id).toBe(first?.id);
    expect(types(ofTask)).toEqual(["task_submitted", "task_started", "task_completed"]);
    expect(new Set(ofWorker.messages.map(({ data }) => data.workerId))).toEqual(
      new Set([worker.id]),
    );
    expect(new Set(types(ofType))).toEqual(new Set(["task_started", "task_completed"]));
  });

  it("ends when the feed closes, and forgets whoever has gone", async () => {
    const live = await openSite();
    const gone = await listenTo(live, "/api/events/stream").opened();
    const staying = await listenTo(live, "/api/events/stream").opened();
    await until(() => live.server.feed.listeners === 2);

    gone.close();
    await until(() => live.server.feed.listeners === 1);
    await live.server.feed.close();
    await staying.until(({ ended }) => ended);

    expect(live.server.feed.listeners).toBe(0);
  });
});

describe("a reader that does not read", () => {
  it("costs no memory, holds up nobody, and has everything once it reads again", async () => {
    const live = await openSite();
    const slow = await listenTo(live, "/api/events/stream").opened();
    const quick = await listenTo(live, "/api/events/stream").opened();
    await until(() => live.server.feed.listeners === 2);
    slow.socket.pause();
    const total = 100_000;
    const before = memoryHeld();

    let seen = 0;
    for (let round = 0; round < 100; round++) {
      await live.submitMany(total / 100);
      await quick.until(({ messages }) => {
        seen += messages.splice(0).length;
        return seen === (round + 1) * (total / 100);
      });
    }
    const grown = memoryHeld() - before;
    slow.socket.resume();
    await slow.until(({ messages }) => messages.length === total);

    expect(seen).toBe(total);
    expect(grown).toBeLessThan(12 * 1024 * 1024);
    expect(slow.messages.every(({ id }, index) => id === String(index + 1))).toBe(true);
  });
});

describe("a thousand readers that wait", () => {
  it("cost little, and all hear of the next event", async () => {
    const live = await openSite();
    const before = memoryHeld();
    const clients = Array.from({ length: 1_000 }, () => listenTo(live, "/api/events/stream"));
    await Promise.all(clients.map((client) => client.opened()));
    await until(() => live.server.feed.listeners === 1_000);
    const each = (memoryHeld() - before) / 1_000;

    const share = await bestOf(0.05, async () => {
      const cpu = process.cpuUsage();
      const begun = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const used = process.cpuUsage(cpu);
      return (used.user + used.system) / 1_000 / (performance.now() - begun);
    });
    await live.submit();
    await Promise.all(clients.map((client) => client.until(({ messages }) => messages.length > 0)));

    expect(each).toBeLessThan(100 * 1024);
    expect(share).toBeLessThan(0.05);
    expect(clients.every(({ messages }) => messages.length === 1)).toBe(true);
  });
});

describe("the stream of one task", () => {
  it("tells its states, progress and log lines, and then its end", async () => {
    const live = await openSite();
    const { id } = await live.submit();
    const client = listenTo(live, `/api/tasks/${id}/stream`);
    await client.until(({ messages }) => messages.length === 1);
    const worker = await PlayedWorker.start(live.store);

    const task = await worker.claim();
    await client.until(({ messages }) => messages.length === 2);
    await worker.report(task, {
      logs: [line("one"), line("two")],
      progress: { fraction: 0.5, at: Date.now() },
    });
    await client.until(() => events(client).includes("progress"));
    await worker.settle(task, { kind: "completed", result: { pages: 3 } });
    await client.until(({ ended }) => ended);

    expect(events(client).filter((event) => event !== "progress")).toEqual([
      "state",
      "state",
      "log",
      "log",
      "state",
      "end",
    ]);
    expect(client.messages.at(-1)).toMatchObject({
      id: "2",
      event: "end",
      data: { status: "completed", result: { pages: 3 } },
    });
  });

  it("goes on after the last line that a reader had", async () => {
    const live = await openSite();
    const { id } = await live.submit();
    const worker = await PlayedWorker.start(live.store);
    const task = await worker.claim();
    await worker.report(task, { logs: ["one", "two", "three"].map(line) });
    await worker.settle(task, { kind: "completed" });

    const client = listenTo(live, `/api/tasks/${id}/stream`, { "Last-Event-ID": "2" });
    await client.until(({ ended }) => ended);

    expect(
      client.messages.filter(({ event }) => event === "log").map(({ data }) => data.line),
    ).toEqual(["three"]);
  });

  it("ends when the task is deleted", async () => {
    const live = await openSite();
    const { id } = await live.submit();
    await live.store.cancel({ taskId: id, reason: "no more", now: Date.now() });
    const client = listenTo(live, `/api/tasks/${id}/stream`);
    await client.until(({ ended }) => ended);

    expect(client.messages.at(-1)?.data).toMatchObject({ status: "cancelled" });
  });

  it("knows no task that there is not", async () => {
    const live = await openSite();

    const client = await listenTo(live, "/api/tasks/nobody/stream").opened();

    expect(client.status).toBe(404);
  });
});

describe("the stream of pages", () => {
  it("names all topics at first, and then those that have changed", async () => {
    const live = await openSite();
    const { id } = await live.submit();
    const client = listenTo(live, `/stream?topics=tasks,task:${id},worker:nobody`);
    await client.until(({ messages }) => messages.length === 1);

    await live.store.cancel({ taskId: id, reason: "no more", now: Date.now() });
    await client.until(({ messages }) => messages.length === 2);

    expect(client.messages.map(({ data }) => data.topics)).toEqual([
      ["tasks", `task:${id}`, "worker:nobody"],
      ["tasks", `task:${id}`],
    ]);
    expect(events(client)).toEqual(["changed", "changed"]);
  });

  it("tells of log lines that somebody watches", async () => {
    const live = await openSite();
    await live.submit();
    const worker = await PlayedWorker.start(live.store);
    const task = await worker.claim();
    const client = listenTo(live, `/stream?topics=log:${task.id}`);
    await client.until(({ messages }) => messages.length === 1);

    await worker.report(task, { logs: [line("one")] });
    await client.until(({ messages }) => messages.length === 2);

    expect(client.messages.at(-1)?.data.topics).toEqual([`log:${task.id}`]);
  });

  it("tells of heartbeats, which are no events", async () => {
    const live = await openLiveSite({ routes: streamRoutes, sampleEveryMs: 50 });
    const worker = await PlayedWorker.start(live.store);
    const client = listenTo(live, `/stream?topics=worker:${worker.id}`);
    await client.until(({ messages }) => messages.length === 1);

    await live.store.renew({
      workerId: worker.id,
      now: Date.now(),
      leaseMs: 60_000,
      usage: { memory: 4_096, cpuPercent: 12, processes: 1 },
    });
    await client.until(({ messages }) => messages.length === 2);

    expect(live.server.feed.usageOf(worker.id)).toMatchObject([{ memory: 4_096, cpuPercent: 12 }]);
  });

  it("refuses topics that are none", async () => {
    const live = await openSite();

    const client = await listenTo(live, "/stream?topics=everything").opened();

    expect(client.status).toBe(400);
  });
});

function line(text: string) {
  return { at: Date.now(), stream: "stdout" as const, line: text };
}

/** Of server and clients, which share this process, after rubbish has been cleared away. */
function memoryHeld(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
