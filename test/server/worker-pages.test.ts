import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lookAtMachine } from "../../src/overview/look-at-machine.ts";
import { seeWorker } from "../../src/overview/see-workers.ts";
import { showWorker } from "../../src/server/pages/workers/gather-workers.ts";
import { ApiSite } from "../support/api-site.ts";
import { PlayedWorker } from "../support/played-worker.ts";

let site: ApiSite;

beforeEach(async () => {
  site = await ApiSite.open();
});

afterEach(async () => {
  await site.close();
});

const body = {
  type: "command",
  title: "handed on",
  payload: { argv: ["true"] },
  retry: { maxAttempts: 3, on: "infrastructure", backoffMs: 0 },
};

describe("the page of a worker", () => {
  it("names the task that it lost, which another has now", async () => {
    await site.ask("POST /api/tasks", { body });
    const [one, other] = [
      await PlayedWorker.start(site.store),
      await PlayedWorker.start(site.store),
    ];
    const failure = { kind: "signal", message: "was ended by SIGKILL", signal: "SIGKILL" } as const;
    await one.settle(await one.claim(), { kind: "failed", failure });
    const claimed = () => other.claim().catch(() => undefined);
    await expect.poll(claimed, { timeout: 20_000 }).toMatchObject({ attempt: 2 });

    const { text } = await site.ask(`GET /workers/${one.id}`);

    const past = text.slice(text.indexOf('id="worker-past"'), text.indexOf('id="worker-life"'));
    expect(past).toContain("handed on");
    expect(past).toContain("1 of 3");
    expect(text).toContain('<a href="/workers">Workers</a></p>');
  });
});

describe("of a worker that has taken tasks ahead", () => {
  const titles = ["one", "two", "three", "four", "five"];

  async function take() {
    for (const [at, title] of titles.entries()) {
      await site.ask("POST /api/tasks", { body: { ...body, title, priority: at } });
    }
    const { id } = await PlayedWorker.start(site.store);
    const { tasks } = await site.store.claim({
      ...{ workerId: id, limit: 2, ahead: 3, now: Date.now() },
    });
    return { id, tasks };
  }

  it.each(["/workers", "/workers/:id", "/workers/:id/abort"])(
    "%s shows what has begun first, and a few in all",
    async (path) => {
      const { id } = await take();

      const { text } = await site.ask(`GET ${path.replace(":id", id)}`);

      const at = [...["five", "four", "one", "two", "three"], "+ 2 more"].map((words) =>
        text.indexOf(`>${words}<`),
      );
      expect(at.map((place) => place > 0)).toEqual([true, true, true, false, false, true]);
      expect(Math.max(...at.slice(0, 2))).toBeLessThan(at[2] ?? 0);
    },
  );

  it("the page tells what was lost with it, and not what it gave back unbegun", async () => {
    const { id, tasks } = await take();
    const now = Date.now();
    const outcome = { kind: "released" } as const;
    const settlements = tasks.map((task) => ({ taskId: task.id, attempt: 1, outcome }));
    await site.store.settle({ workerId: id, settlements, limit: 0, now, jitter: 1 });
    const other = await PlayedWorker.start(site.store);
    await site.store.claim({ workerId: other.id, limit: 5, now });

    const { text } = await site.ask(`GET /workers/${id}`);

    const past = text.slice(text.indexOf('id="worker-past"'), text.indexOf('id="worker-life"'));
    expect(titles.filter((title) => past.includes(`>${title}<`))).toEqual(["four", "five"]);
  });
});

describe("the page of a task that was taken ahead", () => {
  it("says that it begins in a moment, and later that it was given back", async () => {
    await site.ask("POST /api/tasks", { body: { ...body, priority: 1 } });
    await site.ask("POST /api/tasks", { body });
    const { id } = await PlayedWorker.start(site.store);
    const other = await PlayedWorker.start(site.store);
    const claim = { workerId: id, limit: 1, ahead: 1, now: Date.now() };
    const taskId = (await site.store.claim(claim)).tasks[1]?.id ?? "";
    const taken = await site.ask(`GET /tasks/${taskId}`);
    const overview = await site.ask("GET /");
    const settlements = [{ taskId, attempt: 1, outcome: { kind: "released" } as const }];
    await site.store.settle({ workerId: id, settlements, limit: 0, now: Date.now(), jitter: 1 });
    await other.claim();
    const begun = await site.ask(`GET /tasks/${taskId}`);
    const events = await site.ask("GET /events?kind=task");

    expect(taken.text).toContain("A worker has taken it, and begins it in a moment.");
    const [, running = ""] = overview.text.split(`id="long-${taskId}"`);
    expect(running.slice(0, running.indexOf("</li>"))).toMatch(
      /^((?!<time).)*handed on((?!<time).)*$/s,
    );
    expect(begun.text).toContain("Attempt 2 of at most 4, started ");
    expect(begun.text).toContain("Taken by a worker, and given back before it began.");
    expect(begun.text).toContain("<dt>Waited</dt>");
    expect(begun.text).toMatch(/Waited [^<"]+, ran [^<"]+ in 1 attempt</);
    expect(events.text).toContain("taken by a worker, and given back before it began");
  });
});

describe("a row of the workers", () => {
  it("tells of the attempt that its worker makes, not of the one before", async () => {
    await site.ask("POST /api/tasks", { body });
    const player = await PlayedWorker.start(site.store);
    const task = await player.claim();
    const [worker] = await site.store.listWorkers({ states: ["busy"] });
    if (!worker) throw new Error("it is not busy");
    const [now, before] = [Date.now(), { ...task, workerId: "another", startedAt: 1 }];

    const row = await showWorker(seeWorker(worker, lookAtMachine(), now), {
      ...{ server: site.server, places: [], now },
      running: new Map([[task.id, before]]),
    });

    expect(row.tasks).toMatchObject([{ id: task.id, workerId: player.id }]);
  });
});
