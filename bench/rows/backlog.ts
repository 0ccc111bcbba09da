import { createHash } from "node:crypto";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { openStore } from "../engine.ts";
import { median } from "../measure/statistics.ts";
import type { Row } from "../row.ts";
import { fillQueue } from "../tasks.ts";

/** Claims and settles one task at a time behind a short queue, then behind a deep one. */
export const backlog: Row = {
  id: "B1",
  what: "claim and settle behind 1,000 and behind 1,000,000 queued tasks (quick: 100,000)",
  runs: 1,
  async measure({ folder, options, size }) {
    const store = await openStore(folder, options);
    const workerId = await registerBenchWorker(store);
    const rounds = size(500, 300);

    await fillQueue(store, 1_000 + 2 * rounds);
    const shallow = await measureClaims(store, workerId, rounds);
    const depth = size(1_000_000, 100_000);
    await fillQueue(store, depth);
    const deep = await measureClaims(store, workerId, rounds);
    await store.close();
    return {
      values: { "µs at 1,000": shallow, "µs at depth": deep, "deep / shallow": deep / shallow },
    };
  },
  targets: () => [
    {
      value: "deep / shallow",
      text: "claim cost flat from 1,000 to 1,000,000 queued tasks (deep / shallow ≤ 1.25)",
      isMet: (measured) => measured <= 1.25,
    },
  ],
};

/** Median of one claim and settle, microseconds. */
async function measureClaims(store: TaskStore, workerId: string, rounds: number): Promise<number> {
  const samples: number[] = [];
  let { tasks } = await store.claim({ workerId, limit: 1, now: Date.now() });
  for (let round = 0; round < rounds; round++) {
    const settlements = tasks.map(({ id, attempt }) => ({
      taskId: id,
      attempt,
      outcome: { kind: "completed" as const },
    }));
    const start = performance.now();
    const settled = await store.settle({
      workerId,
      settlements,
      limit: 1,
      now: Date.now(),
      jitter: 0,
    });
    samples.push((performance.now() - start) * 1_000);
    if (settled.standings[0] !== "accepted") throw new Error("a settlement was not accepted");
    tasks = settled.claim.tasks;
  }
  return median(samples);
}

export async function registerBenchWorker(store: TaskStore): Promise<string> {
  const worker = {
    id: "bench-1",
    type: "bench",
    queue: "default",
    mode: "standalone",
    concurrency: 1,
    persistent: true,
    expectedMemory: 0,
    launchTokenHash: createHash("sha256").update("token").digest("hex"),
  };
  await store.registerWorker({ worker, now: Date.now() });
  const now = Date.now();
  const activation = { launchToken: "token", process: ownIdentity(), now, leaseMs: 3_600_000 };
  await store.activateWorker({ workerId: worker.id, ...activation });
  return worker.id;
}
