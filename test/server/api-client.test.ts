import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AgentEntry } from "../../src/agent/agent-task.ts";
import { type Client, connect } from "../../src/client/connect.ts";
import type { TaskNews } from "../../src/client/follow-task.ts";
import { type Listener, listen } from "../../src/server/listen.ts";
import { PlayedAgent, story } from "../support/agent-story.ts";
import { openScene } from "../support/api-samples.ts";
import type { ApiSite } from "../support/api-site.ts";
import { freePort } from "../support/free-port.ts";
import { PlayedWorker } from "../support/played-worker.ts";

/** A client and a server, with real sockets between them. */
let site: ApiSite;
let listener: Listener;
let clx: Client;

beforeEach(async () => {
  site = await openScene();
  listener = await serve(await freePort()); // some tests serve there once more
  clx = connect({ url: listener.url });
});

afterEach(async () => {
  await site.server.feed.close();
  await listener.close({ graceMs: 0 });
  await site.close();
});

function serve(port: number): Promise<Listener> {
  return listen({ host: "127.0.0.1", port, fetch: site.app.fetch });
}

const agent = { type: "agent", payload: { instruction: "say hello" } };

describe("a client", () => {
  it("submits, shows, cancels, tries again and removes a task", async () => {
    const task = await clx.submit({ ...agent, title: "Mine", runAt: new Date(2_000_000_000_000) });
    const many = await clx.submitMany([agent, agent]);
    const cancelled = await clx.cancel(task.taskId, "changed my mind");
    const retried = await clx.retry(task.taskId, 0);
    await clx.cancel(task.taskId);
    const shown = await clx.get(task.taskId);
    await clx.delete(task.taskId);

    expect(task).toMatchObject({ status: "pending", runAt: "2033-05-18T03:33:20.000Z" });
    expect(many.map(({ status }) => status)).toEqual(["pending", "pending"]);
    expect([cancelled.status, retried.status, shown.status]).toEqual([
      ...["cancelled", "pending", "cancelled"],
    ]);
    await expect(clx.get(task.taskId)).rejects.toMatchObject({
      code: "task_not_found",
      status: 404,
    });
  });

  it("lists all that fit, page by page", async () => {
    for (let round = 0; round < 3; round++) {
      await clx.submitMany(Array.from({ length: 50 }, () => ({ ...agent, tags: ["many"] })));
    }
    await clx.submit(agent);

    const found: string[] = [];
    for await (const { taskId } of clx.list({ tag: "many", status: ["pending", "running"] })) {
      found.push(taskId);
    }

    expect(new Set(found).size).toBe(150);
  });

  it("follows a task to its end, over a lost connection, and no line comes twice", async () => {
    const { taskId } = await clx.submit(agent);
    const worker = await PlayedWorker.start(site.store, { type: "agent" });
    const task = await worker.claim();
    const say = (line: string) =>
      worker.report(task, { logs: [{ at: Date.now(), stream: "stdout", line }] });
    await say("one");
    const news: TaskNews[] = [];
    const lines = () => news.flatMap((one) => (one.kind === "log" ? one.line : []));
    const followed = (async () => {
      for await (const one of clx.follow(taskId)) news.push(one);
    })();
    await expect.poll(lines).toEqual(["one"]);

    await listener.close({ graceMs: 0 });
    await say("two");
    listener = await serve(listener.port);
    await expect.poll(lines).toEqual(["one", "two"]);
    await worker.report(task, { progress: { at: Date.now(), fraction: 0.5 } });
    await worker.settle(task, { kind: "completed", result: { ok: true } });
    await followed;
    const ended = await clx.wait(taskId);

    expect(lines()).toEqual(["one", "two"]);
    expect(news.at(-1)).toMatchObject({ kind: "end", status: "completed" });
    expect(ended).toMatchObject({ status: "completed", result: { ok: true } });
    expect((await clx.logs(taskId, { tail: 1 })).logs).toEqual(["two"]);
  });

  it("stops waiting when its signal says so, and the task goes on", async () => {
    const { taskId } = await clx.submit(agent);
    const patience = new AbortController();
    const waiting = clx.wait(taskId, { signal: patience.signal });
    await sleep(20);
    patience.abort(new Error("enough"));

    await expect(waiting).rejects.toThrow("enough");
    expect((await clx.get(taskId)).status).toBe("pending");
  });

  it("holds the queue, and lets it go", async () => {
    await clx.pause({ type: "agent", reason: "repairs" });
    const held = await site.store.listPauses();
    await clx.resume({ type: "agent" });

    expect(held).toMatchObject([{ type: "agent", reason: "repairs" }]);
    expect(await site.store.listPauses()).toEqual([]);
    expect((await clx.health()).queue?.size).toBe(0);
  });

  it("looks after workers", async () => {
    const added = await clx.workers.add({ workerId: "mine" });
    const { workers } = await clx.workers.list();
    await PlayedWorker.start(site.store, { id: "doomed" });
    await PlayedWorker.start(site.store, { id: "leaving" });
    await clx.workers.abort("doomed");
    const drained = await clx.workers.drain("leaving");
    const status = await clx.workers.status();
    await clx.workers.remove("mine");
    const count = await clx.workers.drainAll();

    expect(added.workerId).toBe("mine");
    expect(workers.map(({ workerId }) => workerId)).toEqual(["worker-0", "mine"]);
    expect(drained.status).toBe("draining");
    expect(status.workers.map(({ state }) => state)).toContain("FAILED");
    expect(await clx.workers.logs("worker-0")).toBe("");
    expect(count).toBeGreaterThan(0);
    await expect(clx.workers.get("nope")).rejects.toMatchObject({ code: "worker_not_found" });
  });
});

describe("a client of agents", () => {
  it("submits an instruction, follows what the agent says and does, and goes on with it", async () => {
    const { taskId } = await clx.agents.submit({
      instruction: "Mend the parser",
      options: { model: "m-1", budget: { turns: 20 } },
      title: "Mine",
    });
    const entries: AgentEntry[] = [];
    const played = await PlayedAgent.begin(site.store);
    const followed = (async () => {
      for await (const entry of clx.agents.follow(taskId)) entries.push(entry);
    })();
    await played.tell(...story);
    await played.print("what its program wrote");
    await played.finish();
    await followed;
    const result = clx.agents.resultOf(await clx.get(taskId));

    const next = await clx.agents.continue(taskId, { instruction: "Now the linter" });

    expect(entries.slice(0, -1)).toEqual(story);
    expect(entries.at(-1)).toMatchObject({ kind: "ended", end: { kind: "finished" } });
    expect(result).toMatchObject({ text: "It is done.", usage: { turns: 3 } });
    expect(next).toMatchObject({ status: "pending", after: [taskId] });
    expect(next.payload).toMatchObject({ resume: { fromTaskId: taskId } });
  });

  it("is told which option is wrong", async () => {
    const options = { budgt: { turns: 1 } } as object;

    await expect(clx.agents.submit({ instruction: "x", options })).rejects.toMatchObject({
      code: "invalid_value",
      details: { fields: [{ field: "options.budgt" }] },
    });
  });
});

describe("what goes wrong", () => {
  it("is an error with the server's code and all it says", async () => {
    const refused = clx.submit({ type: "command", payload: { argv: [] } });

    await expect(refused).rejects.toMatchObject({
      ...{ name: "ApiError", code: "invalid_payload", status: 400 },
      requestId: expect.any(String),
      details: { fields: [{ field: "payload.argv", message: expect.any(String) }] },
    });
  });

  it("is told when no server answers, or something else does", async () => {
    const nobody = connect({ url: "http://127.0.0.1:1", retries: 0 });
    const other = connect({
      fetch: async () => new Response("<html>", { status: 502 }),
      retries: 0,
    });

    await expect(nobody.health()).rejects.toMatchObject({ code: "unreachable", status: 0 });
    await expect(other.health()).rejects.toMatchObject({ code: "internal", status: 502 });
  });

  it.each([
    ["a read", (one: Client) => one.health(), 2],
    ["a submit with a key", (one: Client) => one.submit({ ...agent, key: "k" }), 2],
    ["a submit without one", (one: Client) => one.submit(agent), 1],
  ])("is tried again when the connection is lost: %s", async (_, act, times) => {
    let tries = 0;
    const flaky = connect({
      url: listener.url,
      fetch: async (...call: Parameters<typeof fetch>) => {
        if (tries++ === 0) throw new TypeError("fetch failed");
        return await fetch(...call);
      },
    });

    const done = act(flaky);

    if (times === 1) await expect(done).rejects.toMatchObject({ code: "unreachable" });
    else await done;
    expect(tries).toBe(times);
  });

  it("is tried again when the server says: not now", async () => {
    let tries = 0;
    const busy = connect({
      url: listener.url,
      fetch: async (...call: Parameters<typeof fetch>) => {
        const error = { code: "shutting_down", message: "not now" };
        return tries++ === 0
          ? Response.json({ error }, { status: 503, headers: { "Retry-After": "0" } })
          : await fetch(...call);
      },
    });

    const task = await busy.submit(agent);

    expect([task.status, tries]).toEqual(["pending", 2]);
  });

  it("is told to who has no right", async () => {
    const viewer = connect({ url: listener.url, key: await site.key("viewer"), retries: 0 });

    await expect(clx.submit(agent)).rejects.toMatchObject({ code: "unauthorised", status: 401 });
    await expect(viewer.submit(agent)).rejects.toMatchObject({ code: "forbidden", status: 403 });
    expect((await viewer.workers.list()).workers).toHaveLength(1);
  });
});
