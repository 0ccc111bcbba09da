import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { Pool } from "pg";
import type { ConsumeOrder, NewPeerTask, Peer, TaskPayload } from "../peer.ts";
import { postgresAt } from "../servers/postgres.ts";

const identifier = "bench";
const logger = new Logger(() => () => undefined);

export const graphileWorker: Peer = {
  name: "graphile-worker",
  packages: ["graphile-worker", "pg"],
  server: "postgres",
  classes: ["D2", "D1"],
  settings: {
    default: "run({ concurrency })",
    tuned:
      "maxPoolSize = concurrency + 2 (at most 50), localQueue of concurrency + 1 (PB: 500) with refetchDelay 10 ms, completions and failures batched (delay 0); for latency a poll every 100 ms instead",
  },
  tunes: ["drain", "latency", "rest"],

  async openQueue({ address }) {
    const pool = poolAt(address, 10);
    const utils = await makeWorkerUtils({ pgPool: pool, logger });
    await utils.migrate();
    return {
      async add(task) {
        await utils.addJob(identifier, task.payload, specOf(task));
      },
      async addMany(tasks) {
        const jobs = tasks.map((task) => ({ identifier, payload: task.payload, ...specOf(task) }));
        await utils.addJobs(jobs);
      },
      async countOpen() {
        const sql = "select count(*)::int as open from graphile_worker.jobs";
        const { rows } = await pool.query<{ open: number }>(sql);
        return rows[0]?.open ?? Number.NaN;
      },
      async close() {
        await utils.release();
        await pool.end();
      },
    };
  },

  async consume(order) {
    const pool = poolAt(order.address, order.setting === "tuned" ? poolSizeFor(order) : 10);
    const runner = await run({
      pgPool: pool,
      logger,
      concurrency: order.concurrency,
      noHandleSignals: true,
      taskList: { [identifier]: (payload) => order.handle(payload as TaskPayload) },
      ...(order.setting === "tuned" && { preset: presetFor(order) }),
    });
    return {
      async stop() {
        await runner.stop();
        await pool.end();
      },
    };
  },

  refuses(scenario) {
    if (scenario !== "C3") return undefined;
    return "its lock lasts 4 hours, which is not a setting";
  },
};

function presetFor({ concurrency, kind, batched }: ConsumeOrder) {
  if (kind === "latency") return { worker: { pollInterval: 100 } };
  return {
    worker: {
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      localQueue: { size: batched ? 500 : concurrency + 1, refetchDelay: { durationMs: 10 } },
    },
  };
}

function poolSizeFor({ concurrency }: ConsumeOrder): number {
  return Math.min(50, Math.max(10, concurrency + 2));
}

function poolAt(address: string, max: number): Pool {
  const pool = new Pool({ ...postgresAt(address), max });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

function specOf({ runAt }: NewPeerTask) {
  return runAt === undefined ? {} : { runAt: new Date(runAt) };
}
