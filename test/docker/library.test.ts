import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  DockerWorkerExecutor,
  openStore,
  submit,
  WorkerConfig,
  WorkerPoolManager,
  waitForTask,
} from "../../src/index.ts";
import { dockerForTests, forbidContainersOf } from "../support/docker/engine.ts";
import { workerImage } from "../support/docker/worker-image.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();
let image = "";

beforeAll(async () => {
  if (engine !== undefined) image = await workerImage(engine);
}, 240_000);

const container = { network: "none", pull: "never" } as const;

describe.skipIf(engine === undefined)("the library in containers", () => {
  const docker = engine as Docker;

  it("starts and stops single workers, tells what they use, and leaves nothing", async () => {
    const { dbPath } = newPlace(docker);
    const executor = new DockerWorkerExecutor({ dbPath });
    onTestFinished(() => executor.cleanup());
    const config = { workerType: "command", executionMode: "docker", image, container } as const;

    const id = await executor.startWorker(new WorkerConfig(config));
    const store = await openPlace(dbPath);
    await until(async () => (await store.findWorker(id))?.state === "idle");
    const ranBefore = await executor.isWorkerRunning(id);
    const usage = await executor.getWorkerStats(id);
    await executor.stopWorker(id);

    expect(id).toMatch(/^docker-command-0-[0-9a-f]{8}$/);
    expect(ranBefore).toBe(true);
    expect(usage?.memory).toBeGreaterThan(1_000_000);
    expect(usage?.processes).toBe(2);
    expect(await executor.isWorkerRunning(id)).toBe(false);
    expect(await store.findWorker(id)).toMatchObject({ state: "dead", mode: "docker" });
  });

  it("keeps direct and Docker pools side by side", async () => {
    const { folder, dbPath } = newPlace(docker);
    const handler = join(folder, "where.mjs");
    const workers = new URL("../../src/worker/handler.ts", import.meta.url).href;
    writeFileSync(
      handler,
      `import { defineWorker } from ${JSON.stringify(workers)};
       export default defineWorker({ type: "where", handle: async () => process.pid });`,
    );
    const manager = new WorkerPoolManager({
      dbPath,
      workerConfigs: [
        new WorkerConfig({ workerType: "where", handler }),
        new WorkerConfig({ workerType: "command", executionMode: "docker", image, container }),
      ],
    });
    onTestFinished(() => manager.stopPools());
    await manager.startPools();
    const store = await openPlace(dbPath);

    const here = await submit(store, { type: "where", payload: null });
    const there = await submit(store, { type: "command", payload: { argv: ["true"] } });
    const ended = await Promise.all(
      [here, there].map(({ id }) => waitForTask({ store, taskId: id })),
    );

    expect(ended.map(({ state }) => state)).toEqual(["completed", "completed"]);
    const modes = (await store.listWorkers({})).map(({ type, mode }) => `${type} ${mode}`);
    expect(modes.toSorted()).toEqual(["command docker", "where direct"]);
  });
});

function newPlace(docker: Docker) {
  const folder = mkdtempSync(join(tmpdir(), "clx-docker-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  forbidContainersOf(docker, folder);
  return { folder, dbPath: join(folder, "clx.db") };
}

async function openPlace(path: string) {
  const store = await openStore({ path });
  onTestFinished(() => store.close());
  return store;
}
