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
