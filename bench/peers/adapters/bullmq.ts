import { Queue as BullQueue, type Job, Worker } from "bullmq";
import type { ConsumeOrder, Consumer, NewPeerTask, Peer, Place, TaskPayload } from "../peer.ts";

const name = "bench";

export const bullmq: Peer = {
  name: "BullMQ",
  packages: ["bullmq", "ioredis"],
  server: "redis",
  classes: ["D2", "D1"],
  settings: {
    default: "Worker({ concurrency }); ended jobs are kept; lock and stalled check every 30 s",
    tuned:
      "ended jobs removed (removeOnComplete), auto-pipelining; lock and stalled check every 5 s",
  },

  async openQueue(place) {
    const queue = new BullQueue<TaskPayload>(name, {
      connection: connectionOf(place),
      ...(place.setting === "tuned" && {
        defaultJobOptions: { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
      }),
    });
    queue.on("error", () => undefined);
    await queue.waitUntilReady();
    return {
      async add(task) {
        await queue.add(name, task.payload, optionsOf(task));
      },
      async addMany(tasks) {
        await queue.addBulk(
          tasks.map((task) => ({ name, data: task.payload, opts: optionsOf(task) })),
        );
      },
      async countOpen() {
        return queue.getJobCountByTypes("wait", "active", "delayed", "prioritized");
      },
      close: () => queue.close(),
    };
  },

  async consume(order) {
    const worker = new Worker<TaskPayload>(
      name,
      ({ data }: Job<TaskPayload>) => order.handle(data),
      {
        ...workerOptionsOf(order),
      },
    );
    return started(worker);
  },

  /** A sandboxed processor: BullMQ keeps a child process for each task at a time. */
  async consumeApart(order) {
    const program = new URL("../programs/bullmq-processor.js", import.meta.url);
    return started(new Worker<TaskPayload>(name, program, workerOptionsOf(order)));
  },
};

async function started(worker: Worker<TaskPayload>): Promise<Consumer> {
  worker.on("error", () => undefined);
  await worker.waitUntilReady();
  return { stop: () => worker.close() };
}

function workerOptionsOf(order: ConsumeOrder) {
  const { setting, concurrency } = order;
  return {
    connection: connectionOf(order),
    concurrency,
    ...(setting === "tuned" && {
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      lockDuration: 5_000,
      stalledInterval: 5_000,
    }),
  };
}

function connectionOf({ address, setting }: Place) {
  return {
    path: address,
    maxRetriesPerRequest: null,
    ...(setting === "tuned" && { enableAutoPipelining: true }),
  };
}

function optionsOf({ runAt }: NewPeerTask) {
  return runAt === undefined ? {} : { delay: Math.max(0, runAt - Date.now()) };
}
