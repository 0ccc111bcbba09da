import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { WorkerApiHost, workerApiPlace } from "../../src/link/api/worker-api-host.ts";
import { LossyDoor } from "../support/lossy-door.ts";
import { WorkerStage } from "../support/worker-stage.ts";

const lines = 30;
const wantedLines = Array.from({ length: lines }, (_, at) => `line ${at + 1}`);

it("with every tenth message lost, and the server away now and then, all is done once", async () => {
  const stage = await WorkerStage.open();
  const place = workerApiPlace(stage.path, "services");
  const newHost = () => new WorkerApiHost({ store: stage.store, place });
  let host = newHost();
  onTestFinished(() => host.close());
  await host.open();
  const path = join(stage.folder, "door.sock");
  const door = await LossyDoor.open(path, join(place.folder, "api.sock"));
  const workers = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const launch = await stage.register({ concurrency: 3 });
      const { token } = await host.linkFor(launch.workerId);
      return stage.spawn({ ...launch, link: { kind: "api", address: `unix:${path}`, token } });
    }),
  );
  for (const { id } of workers) {
    await stage.untilWorker(id, ({ activatedAt }) => activatedAt !== undefined);
  }

  door.loseSome(0.1);
  const ids: string[] = [];
  for (let round = 0; round < 4; round++) {
    for (let left = 20; left > 0; left--) {
      ids.push(await stage.submit({ act: "writeLines", count: lines, ms: 10 }));
    }
    await stage.untilEnded(ids[round * 20] ?? "");
    await host.close();
    host = newHost();
    await host.open();
  }
  const tasks = await Promise.all(ids.map((id) => stage.untilEnded(id)));
  door.loseSome(0);
  for (const { id } of workers) {
    await stage.store.changeWorker({ workerId: id, event: "drain", now: Date.now() });
  }
  const codes = await Promise.all(workers.map(async ({ ended }) => (await ended).code));

  expect(tasks.map(({ state, attempt }) => [state, attempt])).toEqual(
    ids.map(() => ["completed", 1]),
  );
  for (const id of ids) {
    const { lines: kept } = await stage.store.logsOf({ taskId: id, after: 0, limit: 1_000 });
    expect(kept.map(({ line }) => line)).toEqual(wantedLines);
  }
  const rows = await Promise.all(workers.map(({ id }) => stage.worker(id)));
  expect(rows.reduce((sum, { tasksCompleted }) => sum + tasksCompleted, 0)).toBe(ids.length);
  expect(codes).toEqual([0, 0, 0, 0]);
}, 90_000);
