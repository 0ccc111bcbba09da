import { join } from "node:path";
import type { WorkerTiming } from "../../../src/domain/launch.ts";
import { DirectExecutor } from "../../../src/executor/direct/direct-executor.ts";
import { DockerExecutor } from "../../../src/executor/docker/docker-executor.ts";
import { workerApiFor } from "../../../src/library/worker-api-for.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import type { PoolSpec } from "../../../src/supervisor/pool.ts";
import { Supervisor } from "../../../src/supervisor/supervisor.ts";

/** What `node keeps-pools.ts JSON` is told. */
export interface KeepPools {
  readonly path: string;
  readonly folder: string;
  readonly pools: readonly PoolSpec[];
  readonly timing: WorkerTiming;
}

/** Supervises until SIGTERM; says "settled" once its pools are as wanted, and "stopped" at the end. */
const { path, folder, pools, timing } = JSON.parse(process.argv[2] ?? "") as KeepPools;
const store = await openSqliteStore({ path });
const executors = [new DirectExecutor(), new DockerExecutor()];
const supervisor = new Supervisor({
  store,
  executors: new Map(executors.map((executor) => [executor.mode, executor])),
  pools,
  link: { kind: "store", path },
  workerApi: workerApiFor(path, "services"),
  logFolder: join(folder, "logs"),
  checkpointFolder: join(folder, "checkpoints"),
  timing,
  admission: { force: true },
  sweepMs: 200,
  onError: (error) => console.error(error),
});
await supervisor.start();
await supervisor.whenSettled();
console.log("settled");

const stay = setInterval(() => {}, 60_000);
process.once("SIGTERM", async () => {
  await supervisor.stop();
  clearInterval(stay);
  for (const executor of executors) await executor.close();
  await store.close();
  console.log("stopped");
});
