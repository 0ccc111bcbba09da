import { join } from "node:path";
import { DirectExecutor } from "../../../src/executor/direct/direct-executor.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import type { PoolSpec } from "../../../src/supervisor/pool.ts";
import { Supervisor } from "../../../src/supervisor/supervisor.ts";
import type { PoolOrder, SuperviseOrder } from "../supervision.ts";

/** A supervisor as a process of its own, until SIGTERM. */
const handlers: Record<PoolOrder["type"], string> = {
  chaos: new URL("chaos-worker.ts", import.meta.url).href,
  command: new URL("../../../src/workers/command/command-worker.ts", import.meta.url).href,
};

const order = JSON.parse(process.argv[2] ?? "{}") as SuperviseOrder;
const { dbPath, folder, timing, stalledAfterMs } = order;
const store = await openSqliteStore({ path: dbPath });
const executor = new DirectExecutor();
const supervisor = new Supervisor({
  store,
  executors: new Map([["direct", executor]]),
  pools: order.pools.map(specOf),
  link: { kind: "store", path: dbPath },
  logFolder: join(folder, "logs"),
  checkpointFolder: join(folder, "checkpoints"),
  timing,
  silence: { stalledAfterMs, handoverMs: 1_500 },
  sweepMs: 250,
  startupParallel: 8,
  admission: { force: true },
  onEvent: ({ type, message }) => console.log(type, message ?? ""),
  onError: (error) => console.log("error:", error),
});

process.once("SIGTERM", () => void stop());
await supervisor.start();
setInterval(() => {}, 60_000);

async function stop(): Promise<void> {
  try {
    await supervisor.stop();
    await executor.close();
    await store.close();
    process.exit(0);
  } catch (error) {
    console.log(error);
    process.exit(1);
  }
}

function specOf({ type, count, concurrency = 1, persistent = false }: PoolOrder): PoolSpec {
  return {
    name: type,
    type,
    queue: "default",
    mode: "direct",
    count,
    concurrency,
    handler: handlers[type],
    persistent,
    expectedMemory: 64 * 1024 * 1024,
    restart: {
      maxRestarts: 10_000,
      windowMs: 60_000,
      delayMs: 20,
      maxDelayMs: 200,
      healthyAfterMs: 500,
    },
    startupTimeoutMs: 15_000,
    configSource: "chaos",
  };
}
