import { createHash, randomUUID } from "node:crypto";
import type { JsonValue } from "../../src/domain/json.ts";
import type { Outcome } from "../../src/domain/settlement.ts";
import type { LogLine, Progress, Task } from "../../src/domain/task.ts";
import type { ProcessIdentity } from "../../src/domain/worker.ts";
import type { TaskStore } from "../../src/store/task-store.ts";

export interface PlayParams {
  readonly id?: string;
  readonly type?: string;
  readonly process?: ProcessIdentity;
  readonly leaseMs?: number;
}

/** A worker that the test itself plays: a row in the store, and no process that works. */
export class PlayedWorker {
  readonly id: string;
  readonly #store: TaskStore;

  private constructor(store: TaskStore, id: string) {
    this.#store = store;
    this.id = id;
  }

  static async start(store: TaskStore, params: PlayParams = {}): Promise<PlayedWorker> {
    const {
      id = `played-${randomUUID().slice(0, 8)}`,
      type = "command",
      leaseMs = 60_000,
    } = params;
    const launchToken = randomUUID();
    await store.registerWorker({
      now: Date.now(),
      worker: {
        id,
        type,
        queue: "default",
        mode: "direct",
        concurrency: 1,
        persistent: true,
        expectedMemory: 0,
        launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
      },
    });
    const process = params.process ?? { pid: 1, startedAt: "played", host: "elsewhere" };
    await store.activateWorker({
      workerId: id,
      launchToken,
      process,
      now: Date.now(),
      leaseMs,
    });
    return new PlayedWorker(store, id);
  }

  async claim(): Promise<Task> {
    const { tasks } = await this.#store.claim({ workerId: this.id, limit: 1, now: Date.now() });
    const [task] = tasks;
    if (!task) throw new Error("there was no task to claim");
    return task;
  }

  async report(
    { id: taskId, attempt }: Task,
    what: { logs?: LogLine[]; progress?: Progress; checkpoint?: JsonValue },
  ): Promise<void> {
    await this.#store.report({ workerId: this.id, taskId, attempt, now: Date.now(), ...what });
  }

  async settle({ id: taskId, attempt }: Task, outcome: Outcome): Promise<void> {
    await this.#store.settle({
      workerId: this.id,
      settlements: [{ taskId, attempt, outcome }],
      limit: 0,
      now: Date.now(),
      jitter: 0,
    });
  }
}
