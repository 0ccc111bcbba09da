import { describe, expect, it } from "vitest";
import { ServerSite } from "../support/server.ts";
import { newTask } from "./live-site.ts";
import { SseClient } from "./sse-client.ts";

describe("a stream whose server is killed", () => {
  it("goes on at the next server, with every event once", async () => {
    const site = new ServerSite();
    const first = await site.serve("standalone");
    const store = await site.store();
    const submit = async (count: number) => {
      const tasks = Array.from({ length: count }, () => newTask());
      await store.submit({ tasks, now: Date.now() });
    };
    const before = new SseClient(`${first.url}/api/events/stream?after=0`);
    await submit(500);
    await before.until(({ messages }) => messages.length > 100);

    const submitting = submit(3_000);
    first.running.kill("SIGKILL");
    await before.until(({ ended }) => ended);
    await submitting;
    await submit(50);
    const second = await site.serve("standalone");
    const after = new SseClient(`${second.url}/api/events/stream?after=0`, {
      "Last-Event-ID": before.lastId,
    });
    await submit(1);
    const [newest] = await store.listEvents({ after: 0, limit: 1, newestBefore: "end" });
    await after.until(({ lastId }) => Number(lastId) >= (newest?.cursor ?? 0));
    after.close();

    const cursors = [...before.messages, ...after.messages].map(({ data }) => data.cursor);
    expect(cursors.length).toBeGreaterThan(3_550);
    expect(cursors).toEqual(cursors.map((_, index) => index + 1));
  });

  it("ends at once, and does not hold up the server, when that is told to stop", async () => {
    const site = new ServerSite();
    // Longer than this test may take: that is what a stop would take which waited for streams.
    const server = await site.serve("standalone", { args: ["--shutdown-timeout", "1h"] });
    const client = await new SseClient(`${server.url}/api/events/stream`).opened();

    const { code } = await server.stop();
    await client.until(({ ended }) => ended);

    expect(code).toBe(0);
  });
});
