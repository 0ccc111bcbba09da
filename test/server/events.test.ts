import { describe, expect, it } from "vitest";
import { eventRoutes } from "../../src/server/routes/events.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { openLiveSite } from "./live-site.ts";

const openSite = () => openLiveSite({ routes: eventRoutes });

async function get(url: string) {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return await answer.json();
}

describe("the list of events", () => {
  it("comes newest first, page by page", async () => {
    const live = await openSite();
    await live.submitMany(5);

    const first = await get(`${live.url}/api/events?limit=2`);
    const second = await get(`${live.url}/api/events?limit=2&before=${first.next}`);
    const third = await get(`${live.url}/api/events?limit=2&before=${second.next}`);

    const cursors = [first, second, third].map((page) =>
      page.events.map(({ cursor }: { cursor: number }) => cursor),
    );
    expect(cursors).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.next).toBeUndefined();
  });

  it("can be narrowed to types, a task or a worker", async () => {
    const live = await openSite();
    const [task] = await live.submitMany(2);
    const worker = await PlayedWorker.start(live.store);
    await worker.settle(await worker.claim(), { kind: "completed" });

    const typesOf = async (query: string) => {
      const { events } = await get(`${live.url}/api/events?${query}`);
      return events.map(({ type }: { type: string }) => type);
    };

    expect(await typesOf(`task=${task?.id}`)).toEqual([
      ...["task_completed", "task_started", "task_submitted"],
    ]);
    expect(await typesOf("type=task_submitted")).toEqual(["task_submitted", "task_submitted"]);
    expect(await typesOf(`worker=${worker.id}&type=task_completed,task_started`)).toEqual([
      ...["task_completed", "task_started"],
    ]);
  });

  it("refuses types that there are not", async () => {
    const live = await openSite();

    const answer = await fetch(`${live.url}/api/events?type=party`);

    expect(answer.status).toBe(400);
  });
});

describe("the export of events", () => {
  it("has all of them, oldest first, as JSON lines", async () => {
    const live = await openSite();
    await live.submitMany(2_500);

    const answer = await fetch(`${live.url}/api/events?format=jsonl`);
    const lines = (await answer.text()).trimEnd().split("\n");

    expect(answer.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    expect(lines.map((line) => JSON.parse(line).cursor)).toEqual(
      Array.from({ length: 2_500 }, (_, index) => index + 1),
    );
  });

  it("is a table that a spreadsheet takes for nothing but text", async () => {
    const live = await openSite();
    const message = '=1+1, said "he"\nand left';
    await live.store.appendEvents({
      events: [{ type: "audit", at: 0, message, data: { actor: "me" } }],
    });

    const answer = await fetch(`${live.url}/api/events?format=csv`);

    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="events.csv"');
    expect(await answer.text()).toBe(
      [
        "cursor,at,type,message,workerId,workerType,mode,taskId,sessionId,data",
        `1,1970-01-01T00:00:00.000Z,audit,"'=1+1, said ""he""\nand left",,,,,,"{""actor"":""me""}"`,
        "",
      ].join("\r\n"),
    );
  });
});
