import { setTimeout as pause } from "node:timers/promises";
import { openStore, startPool } from "../engine.ts";
import { readMarks, waitForMarks } from "../measure/marks.ts";
import { monotonicMs } from "../measure/process-usage.ts";
import { percentile } from "../measure/statistics.ts";
import { atMost, type Row } from "../row.ts";
import { noopTask } from "../tasks.ts";

/** kill -9 of a worker that runs a task while another worker is idle. */
export const killedWorker: Row = {
  id: "C1",
  what: "kill -9 of a busy worker beside an idle one: until its task runs again",
  runs: 1,
  async measure(run) {
    const { folder, options, size } = run;
    const store = await openStore(folder, options);
    const pool = await startPool({ ...run, handler: "marking-worker", workers: 2, concurrency: 1 });
    const samples: number[] = [];
    try {
      for (let kill = 0; kill < size(50, 10); kill++) {
        await pool.ready();
        const task = noopTask({ payload: { ms: 60_000 } });
        await store.submit({ tasks: [task], now: Date.now() });
        const starts = (wanted: number) =>
          waitForMarks(
            folder,
            (marks) => marks.filter(({ taskId }) => taskId === task.id).length >= wanted,
          );
        const [first] = (await starts(1)).filter(({ taskId }) => taskId === task.id);
        if (first === undefined) throw new Error("no worker took the task");
        const killedAt = monotonicMs();
        process.kill(first.pid, "SIGKILL");
        const again = (await starts(2)).findLast(({ taskId }) => taskId === task.id);
        samples.push((again?.at ?? Number.NaN) - killedAt);
        await store.cancel({ taskId: task.id, reason: "measured", now: Date.now() });
        while ((await store.findTask(task.id))?.state === "running") await pause(5);
      }
    } finally {
      await pool.stop();
      await store.close();
    }
    return {
      values: {
        "p50 ms": percentile(samples, 0.5),
        "p99 ms": percentile(samples, 0.99),
        "max ms": Math.max(...samples),
      },
    };
  },
  targets: () => [atMost("p50 ms", 250, "ms"), atMost("p99 ms", 250, "ms")],
};

/** SIGSTOP past the lease, then SIGCONT: the late report must not be accepted. */
export const stoppedWorker: Row = {
  id: "C3",
  what: "SIGSTOP of a busy worker past its lease, then SIGCONT",
  runs: 1,
  async measure(run) {
    const { folder, options, size } = run;
    const store = await openStore(folder, options);
    const timing = { leaseMs: 600, heartbeatMs: 150 };
    const pool = await startPool({
      ...run,
      handler: "marking-worker",
      workers: 2,
      concurrency: 1,
      timing,
    });
    const rounds = size(20, 3);
    let accepted = 0;
    const samples: number[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        await pool.ready();
        const task = noopTask({ payload: { ms: 1_000 } });
        await store.submit({ tasks: [task], now: Date.now() });
        const ofTask = (kind: "start" | "end") =>
          readMarks(folder).filter((mark) => mark.taskId === task.id && mark.kind === kind);
        await waitForMarks(folder, () => ofTask("start").length > 0);
        const first = ofTask("start")[0];
        if (first === undefined) throw new Error("no worker took the task");
        const stoppedAt = monotonicMs();
        process.kill(first.pid, "SIGSTOP");
        await waitForMarks(folder, () => ofTask("start").length > 1);
        samples.push((ofTask("start")[1]?.at ?? Number.NaN) - stoppedAt);
        goOn(first.pid);
        while ((await store.findTask(task.id))?.state !== "completed") await pause(5);
        const last = ofTask("end").at(-1);
        const stored = await store.findTask(task.id);
        if (last?.attempt !== stored?.attempt || ofTask("end").length > 1) accepted++;
      }
    } finally {
      await pool.stop();
      await store.close();
    }
    return {
      values: {
        "late reports accepted": accepted,
        "restarted after p50 ms": percentile(samples, 0.5),
        "restarted after max ms": Math.max(...samples),
      },
    };
  },
  targets: () => [atMost("late reports accepted", 0, "")],
};

/** It may have been ended already, which is what its supervisor should do. */
function goOn(pid: number): void {
  try {
    process.kill(pid, "SIGCONT");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
