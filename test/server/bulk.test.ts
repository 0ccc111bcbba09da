import { describe, expect, it } from "vitest";
import type { TaskState } from "../../src/domain/task-state.ts";
import { bulkRoutes } from "../../src/server/routes/bulk.ts";
import { streamRoutes } from "../../src/server/routes/streams.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { until } from "../support/until.ts";
import { type LiveSite, openLiveSite } from "./live-site.ts";
import { SseClient } from "./sse-client.ts";

const openSite = () => openLiveSite({ routes: [...bulkRoutes, ...streamRoutes] });

async function ask({ url }: LiveSite, path: string, body?: object) {
  const answer = await fetch(`${url}${path}`, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Starts bulk work, and waits for its end. */
async function run(live: LiveSite, order: object) {
  const begun = await ask(live, "/api/bulk", order);
  expect(begun.status).toBe(202);
  return await until(async () => {
    const { body } = await ask(live, `/api/bulk/${begun.body.id}`);
    return body.state !== "running" && body;
  });
}

async function countOf({ store }: LiveSite, state: TaskState): Promise<number> {
  const counts = await store.countTasks({ states: [state] });
  return counts.reduce((sum, { count }) => sum + count, 0);
}

describe("bulk work", () => {
  it("is done to all that fit a filter, as its preview says", async () => {
    const live = await openSite();
    await live.submitMany(230, { queue: "night" });
    await live.submitMany(20);
    const query = "action=cancel&queue=night";

    const preview = await ask(live, `/api/bulk/preview?${query}`);
    const ended = await run(live, { action: "cancel", filter: { queue: "night" } });

    const counts = { eligible: 230, skipped: 0, reasons: [], isAtLeast: false };
    expect(preview.body).toEqual({ action: "cancel", ...counts });
    expect(ended).toMatchObject({
      ...{ state: "done", done: 230, skipped: 0, failed: 0, errors: [], by: "local" },
      selection: "queue=night",
      expected: counts,
    });
    expect(await countOf(live, "cancelled")).toBe(230);
    expect(await countOf(live, "pending")).toBe(20);
  });

  it("skips what it cannot be done to, and says why", async () => {
    const live = await openSite();
    await live.submitMany(3);
    const worker = await PlayedWorker.start(live.store);
    await worker.settle(await worker.claim(), { kind: "completed" });

    const preview = await ask(live, "/api/bulk/preview?action=delete");
    const ended = await run(live, { action: "delete", filter: {} });

    const reasons = [{ reason: "it has not ended", count: 2 }];
    expect(preview.body).toMatchObject({ eligible: 1, skipped: 2, reasons });
    expect(ended).toMatchObject({ done: 1, skipped: 2, reasons });
    expect(await countOf(live, "completed")).toBe(0);
  });

  it("takes a list of ids, each once", async () => {
    const live = await openSite();
    const [first, second, third] = await live.submitMany(3);
    await live.store.cancel({ taskId: third?.id ?? "", reason: "no", now: Date.now() });
    const ids = [first?.id, second?.id, third?.id, first?.id, "nobody"];

    const preview = await ask(live, `/api/bulk/preview?action=cancel&ids=${ids.join(",")}`);
    const ended = await run(live, { action: "cancel", ids });

    expect(preview.body).toMatchObject({ eligible: 2, skipped: 2 });
    expect(ended).toMatchObject({
      ...{ done: 2, skipped: 2, failed: 0 },
      reasons: [
        { reason: "it has ended already", count: 1 },
        { reason: "there is no such task any more", count: 1 },
      ],
    });
  });

  it("leaves tasks alone that are submitted once it has begun", async () => {
    const live = await openSite();
    const early = await live.submitMany(300);
    for (const action of ["cancel", "retry"] as const) {
      const begun = ask(live, "/api/bulk", { action, filter: {} });
      const { body } = await begun;
      const [late] = await live.submitMany(1);
      if (action === "retry") {
        await live.store.cancel({ taskId: late?.id ?? "", reason: "late", now: Date.now() });
      }
      await until(async () => (await ask(live, `/api/bulk/${body.id}`)).body.state === "done");
      const found = await live.store.findTask(late?.id ?? "");

      expect(found?.state).toBe(action === "cancel" ? "pending" : "cancelled");
    }
    expect(await countOf(live, "pending")).toBe(early.length + 1);
  });

  it("retries chains in their order", async () => {
    const live = await openSite();
    const first = await live.submit();
    const second = await live.submit({ after: [first.id] });
    await live.store.cancel({ taskId: first.id, reason: "no", now: Date.now() });

    const ended = await run(live, { action: "retry", filter: { status: ["cancelled"] } });

    expect(ended).toMatchObject({ done: 2, failed: 0 });
    expect((await live.store.findTask(first.id))?.state).toBe("pending");
    expect((await live.store.findTask(second.id))?.state).toBe("blocked");
  });

  it("can be stopped, and others are served meanwhile", async () => {
    const live = await openSite();
    for (let round = 0; round < 5; round++) await live.submitMany(2_000);
    const { body } = await ask(live, "/api/bulk", { action: "cancel", filter: {} });

    await live.submit({ queue: "urgent" });
    const stopped = await ask(live, `/api/bulk/${body.id}/stop`, {});

    // It was not over when the other was served.
    expect(stopped.body.state).toBe("stopped");
    expect(stopped.body.done).toBeGreaterThan(0);
    expect(stopped.body.done).toBe(await countOf(live, "cancelled"));
    expect(await countOf(live, "pending")).toBe(10_001 - stopped.body.done);
  });

  it("tells listeners how it gets on, and the trail who did it", async () => {
    const live = await openSite();
    await live.submitMany(50);
    const { body } = await ask(live, "/api/bulk", { action: "cancel", filter: {} });
    const client = new SseClient(`${live.url}/stream?topics=bulk:${body.id}`);
    await client.until(({ messages }) => messages.length > 0);
    await until(async () => (await ask(live, `/api/bulk/${body.id}`)).body.state === "done");

    const audits = await until(async () => {
      const found = await live.store.listEvents({ after: 0, limit: 9, types: ["audit"] });
      return found.length === 2 ? found : undefined;
    });
    client.close();

    expect(new Set(audits.map(({ data }) => data?.action))).toEqual(
      new Set(["bulk.start", "bulk.cancel"]),
    );
    expect(audits.map(({ data }) => data?.reason)).toEqual(
      expect.arrayContaining(["50 eligible, 0 not", "done: 50 done, 0 skipped, 0 failed"]),
    );
  });

  it("ends with the server", async () => {
    const live = await openSite();
    for (let round = 0; round < 5; round++) await live.submitMany(2_000);
    const { body } = await ask(live, "/api/bulk", { action: "cancel", filter: {} });

    live.beginToClose();
    const ended = await until(async () => {
      const { body: now } = await ask(live, `/api/bulk/${body.id}`);
      return now.state !== "running" && now;
    });

    expect(ended.state).toBe("stopped");
  });

  it("refuses what is neither a filter nor ids, and what it does not know", async () => {
    const live = await openSite();

    const neither = await ask(live, "/api/bulk", { action: "cancel" });
    const both = await ask(live, "/api/bulk", { action: "cancel", filter: {}, ids: ["a"] });
    const unknown = await ask(live, "/api/bulk", { action: "paint", filter: {} });
    const nobody = await ask(live, "/api/bulk/nobody");

    expect([neither, both, unknown].map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(nobody.status).toBe(404);
  });
});
