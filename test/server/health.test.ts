import { describe, expect, it } from "vitest";
import { serviceRoutes } from "../../src/server/routes/service.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { type LiveSite, openLiveSite } from "./live-site.ts";

async function openSite(): Promise<LiveSite> {
  const live = await openLiveSite({ routes: serviceRoutes });
  await live.server.workforce.start();
  return live;
}

async function get({ url }: LiveSite, path: string) {
  const answer = await fetch(`${url}${path}`);
  return { status: answer.status, body: await answer.json() };
}

describe("/health", () => {
  it("has the shape that is promised", async () => {
    const live = await openSite();

    const { status, body } = await get(live, "/health");

    expect(status).toBe(200);
    expect(body).toEqual({
      status: "healthy",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      uptime: expect.any(Number),
      queue: {
        ...{ size: 0, pending: 0, running: 0, completed: 0, failed: 0 },
        ...{ blocked: 0, cancelled: 0 },
      },
      workerMode: "standalone",
      workers: { count: 0, healthy: true },
      findings: [],
    });
  });

  it("counts what waits, runs and has ended", async () => {
    const live = await openSite();
    const [first] = await live.submitMany(4);
    await live.submit({ after: [first?.id ?? ""] });
    const worker = await PlayedWorker.start(live.store);
    await worker.settle(await worker.claim(), { kind: "completed" });
    const failure = { kind: "user_error", message: "it is wrong" } as const;
    await worker.settle(await worker.claim(), { kind: "failed", failure });
    await worker.claim();

    const { body } = await get(live, "/health");

    expect(body.queue).toEqual({
      ...{ size: 3, pending: 2, running: 1, completed: 1, failed: 1 },
      ...{ blocked: 0, cancelled: 0 },
    });
    expect(body.workers).toEqual({ count: 1, healthy: true });
  });

  it("is degraded while nobody takes what waits", async () => {
    const live = await openSite();
    await live.submit();

    const { status, body } = await get(live, "/health");

    expect([status, body.status]).toEqual([200, "degraded"]);
    expect(body.workers).toEqual({ count: 0, healthy: false });
    expect(body.findings).toMatchObject([{ level: "degraded", code: "no_workers" }]);
  });

  it("is degraded while tasks are held back", async () => {
    const live = await openSite();
    await live.store.setPause({ scope: { queue: "night" }, paused: true, now: Date.now() });

    const { body } = await get(live, "/health");

    expect(body.status).toBe("degraded");
    expect(body.findings).toMatchObject([{ level: "degraded", code: "paused" }]);
  });

  it("is degraded while a worker hangs", async () => {
    const live = await openSite();
    const worker = await PlayedWorker.start(live.store);
    await live.store.changeWorker({ workerId: worker.id, event: "hang", now: Date.now() });

    const { body } = await get(live, "/health");

    expect(body.workers).toEqual({ count: 1, healthy: false });
    expect(body.findings).toMatchObject([{ code: "workers_hung" }]);
  });

  it("is unhealthy, with 503, when the store cannot be reached", async () => {
    const live = await openSite();
    await live.store.close();

    const { status, body } = await get(live, "/health");

    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: "unhealthy",
      workerMode: "standalone",
      findings: [{ level: "unhealthy", code: "store_unreachable" }],
    });
  });

  it("tells strangers no words", async () => {
    const live = await openSite();
    await live.submit();
    await live.store.access.addKey({
      key: { id: "k", name: "me", role: "admin", hash: "0".repeat(64), hint: "clx_" },
      now: Date.now(),
    });

    const { status, body } = await get(live, "/health");

    expect(status).toBe(200);
    expect(body.findings).toEqual([{ level: "degraded", code: "no_workers" }]);
  });

  it("asks the store once in a second, whoever asks", async () => {
    const live = await openSite();
    await live.submitMany(1_000);
    const worker = await PlayedWorker.start(live.store);
    await get(live, "/health");

    await worker.claim();
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 200 }, () => get(live, "/health")));

    const seconds = Math.floor((performance.now() - begun) / 1_000);
    const times = new Set(answers.map(({ body }) => body.timestamp));
    expect(times.size).toBeLessThanOrEqual(2 + seconds);
  });
});

describe("/ready", () => {
  it("says yes once the server takes work, and no while it shuts down", async () => {
    const live = await openSite();

    const open = await get(live, "/ready");
    live.beginToClose();
    const closing = await get(live, "/ready");

    expect(open).toEqual({ status: 200, body: { ready: true } });
    expect(closing).toEqual({ status: 503, body: { ready: false, reason: "shutting down" } });
  });

  it("says no before the workers are on their way", async () => {
    const live = await openLiveSite({ routes: serviceRoutes });

    const { status } = await get(live, "/ready");

    expect(status).toBe(503);
  });
});
