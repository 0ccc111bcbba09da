import { Pool } from "pg";
import { PgBoss, type WorkOptions } from "pg-boss";
import type { ConsumeOrder, NewPeerTask, Peer, Place, TaskPayload } from "../peer.ts";
import { postgresAt } from "../servers/postgres.ts";

const name = "bench";

/** What its pages recommend: wake by NOTIFY, go on at once while there is more, look each second. */
const watchful = {
  useListenNotify: true,
  superviseIntervalSeconds: 1,
  monitorIntervalSeconds: 1,
  queueCacheIntervalSeconds: 1,
};

export const pgBoss: Peer = {
  name: "pg-boss",
  packages: ["pg-boss", "pg"],
  server: "postgres",
  classes: ["D2", "D1"],
  settings: {
    default: "work() with localConcurrency, one job a fetch, a poll every 2 s",
    tuned:
      "batches of concurrency (burstWhenBatchFull, burstWhenReadyExceeds 1), LISTEN/NOTIFY, poll 0.5 s, monitor 1 s, heartbeat 10 s",
  },
  // It must have counted what is ready, each second, before it goes on without a pause.
  leastTasks: { tuned: 300 },

  async openQueue(place) {
    const boss = bossAt(place, { supervise: false, schedule: false });
    await boss.start();
    if (place.setting === "tuned") {
      const heartbeat = place.kind === "recovery" ? { heartbeatSeconds: 10 } : {};
      await boss.createQueue(name, { notify: true, ...heartbeat });
    } else {
      await boss.createQueue(name);
    }
    const pool = new Pool({ ...postgresAt(place.address), max: 1 });
    pool.on("error", () => undefined);
    return {
      async add(task) {
        await boss.send(name, task.payload, optionsOf(task));
      },
      async addMany(tasks) {
        await boss.insert(
          name,
          tasks.map((task) => ({ data: task.payload, ...optionsOf(task) })),
        );
      },
      async countOpen() {
        const sql = `select count(*)::int as open from pgboss.job where name = $1 and state < 'completed'`;
        const { rows } = await pool.query<{ open: number }>(sql, [name]);
        return rows[0]?.open ?? Number.NaN;
      },
      async close() {
        await pool.end();
        await boss.stop({ graceful: false });
      },
    };
  },

  async consume(order) {
    const boss = bossAt(order, order.setting === "tuned" ? { schedule: false } : {});
    await boss.start();
    await boss.work<TaskPayload>(name, workOptionsOf(order), async (jobs) => {
      await Promise.all(jobs.map(({ data }) => order.handle(data)));
    });
    return { stop: () => boss.stop({ graceful: true, timeout: 5_000 }) };
  },
};

function workOptionsOf({ setting, concurrency, batched }: ConsumeOrder): WorkOptions {
  if (setting === "default") return { localConcurrency: concurrency };
  const localConcurrency = batched || concurrency >= 100 ? 4 : 1;
  return {
    localConcurrency,
    batchSize: Math.ceil(concurrency / localConcurrency),
    pollingIntervalSeconds: 0.5,
    notifyPollingIntervalSeconds: 0.5,
    burstWhenReadyExceeds: 1,
    burstWhenBatchFull: true,
  };
}

function bossAt({ address, setting }: Place, more: { supervise?: boolean; schedule?: boolean }) {
  const boss = new PgBoss({
    ...postgresAt(address),
    ...(setting === "tuned" && watchful),
    ...more,
  });
  boss.on("error", () => undefined);
  boss.on("warning", () => undefined);
  return boss;
}

function optionsOf({ runAt }: NewPeerTask) {
  return runAt === undefined ? {} : { startAfter: new Date(runAt) };
}
