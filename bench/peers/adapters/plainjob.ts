import { join } from "node:path";
import Database from "better-sqlite3";
import { better, defineQueue, defineWorker, JobStatus } from "plainjob";
import type { NewPeerTask, Peer, Place, TaskPayload } from "../peer.ts";

const type = "bench";
const silent = () => undefined;
const logger = { error: silent, warn: silent, info: silent, debug: silent };

export const plainjob: Peer = {
  name: "plainjob",
  packages: ["plainjob", "better-sqlite3"],
  server: "none",
  /** It sets `synchronous = NORMAL` itself. */
  classes: ["D1"],
  settings: {
    default: "a worker for each task at a time, a poll each second, time limit 30 min",
    tuned: "a poll every 10 ms; for recovery a time limit of 5 s, looked at each second",
  },
  tunes: ["latency", "recovery", "rest", "drain"],

  async openQueue(place) {
    const { queue, close } = open(place);
    return {
      async add(task) {
        queue.add(type, task.payload, optionsOf(task));
      },
      async addMany(tasks) {
        const payloads = tasks.map(({ payload }) => payload);
        if (tasks.every(({ runAt }) => runAt === undefined)) queue.addMany(type, payloads);
        else for (const task of tasks) queue.add(type, task.payload, optionsOf(task));
      },
      async countOpen() {
        return (
          queue.countJobs({ type, status: JobStatus.Pending }) +
          queue.countJobs({ type, status: JobStatus.Processing })
        );
      },
      async close() {
        close();
      },
    };
  },

  async consume(order) {
    const { queue, close } = open(order);
    const poll = order.setting === "tuned" ? { pollIntervall: 10 } : {};
    const workers = Array.from({ length: order.concurrency }, () =>
      defineWorker(type, ({ data }) => order.handle(JSON.parse(data) as TaskPayload), {
        queue,
        logger,
        ...poll,
      }),
    );
    for (const worker of workers) {
      void worker.start().catch((error) => {
        console.error(error);
        process.exit(1);
      });
    }
    return {
      async stop() {
        await Promise.all(workers.map((worker) => worker.stop()));
        close();
      },
    };
  },

  refuses(scenario) {
    return scenario === "C2" ? "it has no broker" : undefined;
  },
};

function open({ folder, setting, kind }: Place) {
  const connection = better(new Database(join(folder, "plainjob.db")));
  const recovery = setting === "tuned" && kind === "recovery";
  const limits = recovery ? { timeout: 5_000, maintenanceInterval: 1_000 } : {};
  const queue = defineQueue({ connection, logger, ...limits });
  return { queue, close: () => queue.close() };
}

function optionsOf({ runAt }: NewPeerTask) {
  return runAt === undefined ? {} : { delay: Math.max(0, runAt - Date.now()) };
}
