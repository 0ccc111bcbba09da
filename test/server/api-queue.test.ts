import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiSite } from "../support/api-site.ts";
import { PlayedWorker } from "../support/played-worker.ts";

let site: ApiSite;

beforeEach(async () => {
  site = await ApiSite.open();
});

afterEach(() => site.close());

const command = { type: "command", payload: { argv: ["true"] } };
const submit = async (over: object = {}) =>
  (await site.ask("POST /api/tasks", { body: { ...command, ...over } })).body.taskId as string;

describe("the queue", () => {
  it("is counted, with how much its workers can run", async () => {
    const blocker = await submit();
    await submit({ after: [blocker] });
    const worker = await PlayedWorker.start(site.store);
    await worker.claim();
    await submit();

    const { body } = await site.ask("GET /api/queue/stats");

    expect(body).toMatchObject({
      ...{ size: 3, blocked: 1, pending: 1, running: 1, completed: 0, failed: 0 },
      ...{ isPaused: false, concurrency: 1, pauses: [] },
    });
  });

  it("is paused for all workers and resumed, whole or in part, by name of who did it", async () => {
    await submit();
    const worker = await PlayedWorker.start(site.store);
    const paused = await site.ask("POST /api/queue/pause", { body: { reason: "repairs" } });
    const claim = () => site.store.claim({ workerId: worker.id, limit: 1, now: Date.now() });
    const whilePaused = await claim();
    const stats = await site.ask("GET /api/queue/stats");
    const part = await site.ask("POST /api/queue/pause", { body: { type: "agent" } });
    const resumed = await site.ask("POST /api/queue/resume");
    const afterwards = await claim();

    expect(paused.body.pauses).toMatchObject([{ by: "local", reason: "repairs" }]);
    expect(stats.body.isPaused).toBe(true);
    expect(part.body.pauses).toHaveLength(2);
    expect(resumed.body.pauses).toMatchObject([{ type: "agent" }]);
    expect([whilePaused.tasks.length, afterwards.tasks.length]).toEqual([0, 1]);
  });

  it("shows its tasks in short, tells a new one's place, and cancels them", async () => {
    const first = await submit();
    const added = await site.ask("POST /api/queue/tasks", { body: command });
    const listed = await site.ask("GET /api/queue/tasks?status=pending");
    const cancelled = await site.ask(`DELETE /api/queue/tasks/${first}`);
    const shown = await site.ask(`GET /api/queue/tasks/${first}`);

    expect([added.status, added.body]).toMatchObject([201, { position: 1, status: "pending" }]);
    expect(listed.body).toMatchObject({
      total: 2,
      tasks: [{ id: added.body.taskId }, { id: first }],
    });
    expect(cancelled.body).toMatchObject({ taskId: first, status: "cancelled" });
    expect(shown.body).toMatchObject({ id: first, status: "cancelled", startedAt: null });
  });
});
