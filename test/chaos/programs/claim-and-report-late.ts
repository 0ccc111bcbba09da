import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { ownIdentity } from "../../../src/machine/process-identity.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import { enterRun } from "../run-guard.ts";

/** A worker without a pulse: it takes one task, dawdles, and reports whatever has happened since. */
const { dbPath, folder } = JSON.parse(process.argv[2] ?? "{}") as {
  readonly dbPath: string;
  readonly folder: string;
};
const store = await openSqliteStore({ path: dbPath });
const workerId = "late-worker";
const launchToken = "token";
await store.registerWorker({
  worker: {
    id: workerId,
    type: "chaos",
    queue: "default",
    mode: "standalone",
    concurrency: 1,
    persistent: false,
    expectedMemory: 0,
    launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
  },
  now: Date.now(),
});
const activation = { launchToken, process: ownIdentity(), leaseMs: 500 };
await store.activateWorker({ workerId, ...activation, now: Date.now() });
const { tasks } = await store.claim({ workerId, limit: 1, now: Date.now() });
const [task] = tasks;
if (task === undefined) throw new Error("there is no task");
const guard = enterRun(folder, task.id, task.attempt);
await pause(500);
guard.finish();
const { standings } = await store.settle({
  workerId,
  settlements: [
    {
      taskId: task.id,
      attempt: task.attempt,
      outcome: { kind: "completed", result: { ...guard.run } },
    },
  ],
  limit: 1,
  now: Date.now(),
  jitter: 0,
});
console.log(standings[0]);
await store.close();
