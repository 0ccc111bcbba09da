import { expect, it, onTestFinished } from "vitest";
import { Reader } from "../../src/monitor/reader.ts";
import { lookAtMachine } from "../../src/overview/look-at-machine.ts";
import { readOverview } from "../../src/overview/read-overview.ts";
import { Stage } from "../../src/store/conformance/stage.ts";
import { openSqliteSite } from "../support/store-site.ts";

it("has what a worker has begun before what it has taken ahead", async () => {
  const site = await openSqliteSite();
  onTestFinished(() => site.close());
  const stage = new Stage(site);
  const [ahead, begun] = [await stage.submit(), await stage.submit({ priority: 1 })];
  const workerId = await stage.worker();
  await stage.claim(workerId, { limit: 1, ahead: 1 });
  const reader = new Reader({
    store: site.store,
    readOverview: () => readOverview(site.store, lookAtMachine(), stage.now),
    explainWait: async () => undefined,
  });

  const { overview } = await reader.readSeen();
  const opened = await reader.readStory({ kind: "worker", id: workerId, top: 0 });

  const order = [begun.id, ahead.id];
  expect(overview.workers.map(({ worker }) => worker.taskIds)).toEqual([order]);
  expect(opened?.story).toMatchObject({
    worker: { taskIds: order },
    tasks: order.map((id) => ({ id })),
  });
});
