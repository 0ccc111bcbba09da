import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { submit, WorkerConfig, WorkerPoolManager, waitForTask } from "clx";

/**
 * Starts two workers of a type of our own, gives them tasks, waits, and stops them.
 *
 *     node examples/library/main.ts
 */
const here = fileURLToPath(new URL(".", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "clx-example-"));
const manager = new WorkerPoolManager({
  dbPath: join(folder, "jobs.db"),
  workerConfigs: [
    new WorkerConfig({
      workerType: "word-count",
      count: 2,
      handler: join(here, "word-count.ts"),
      expectedMemory: "128m",
    }),
  ],
});

try {
  const workers = await manager.startPools();
  console.log(`${workers.length > 0 ? "workers are ready" : "there are no workers"}`);
  const store = await manager.store();

  const paths = ["word-count.ts", "main.ts", "missing.txt"].map((name) => join(here, name));
  const tasks = [];
  for (const path of paths) {
    tasks.push(await submit(store, { type: "word-count", payload: { path } }));
  }
  for (const { id } of tasks) {
    const { state, payload, result, failure } = await waitForTask({ store, taskId: id });
    console.log(JSON.stringify({ state, payload, result, failure: failure?.message }));
  }
  console.log(JSON.stringify(await manager.stats()));
} finally {
  await manager.stopPools();
  await rm(folder, { recursive: true, force: true });
}
