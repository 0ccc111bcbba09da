import { expect, it } from "vitest";
import type { Worker } from "../../domain/worker.ts";
import { factsOf } from "./facts.ts";
import type { WorkerModel } from "./worker-model.ts";

it("tells of a worker's container: its id, its image and its limits", () => {
  const worker: Worker = {
    ...{ id: "docker-command-0", type: "command", queue: "default", mode: "docker" },
    ...{ concurrency: 1, persistent: true, expectedMemory: 0, memoryLimit: 256 * 1024 ** 2 },
    ...{ state: "idle", registeredAt: 0, beats: 0, taskIds: [], busyMs: 0 },
    ...{ tasksCompleted: 0, tasksFailed: 0 },
    executorRef: {
      container: "0123456789abcdef0123456789abcdef",
      ...{ image: "clx/command:1", cpus: 1.5, pidsLimit: 99 },
    },
  };

  const text = String(factsOf({ worker, restarts: 0, now: 1_000 } as WorkerModel));

  expect(text).toContain("0123456789ab<");
  expect(text).toContain("clx/command:1");
  expect(text).toMatch(/256 MiB.*1\.5 cores.*99 processes/);
});
