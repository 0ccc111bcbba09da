import { defaultTiming } from "../../domain/launch.ts";
import { stalledAfterMs } from "../../domain/worker.ts";
import { closeAll, makeExecutors } from "../../library/make-executors.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { systemClock } from "../../supervisor/clock.ts";
import { Journal } from "../../supervisor/journal.ts";
import { Recovery } from "../../supervisor/recovery.ts";

const everyMs = 5_000;

/**
 * Puts right, now and then, what the dead have left behind (see `supervisor/recovery.ts`), so
 * that workers without any supervisor recover each other's tasks.
 */
export function sweepMeanwhile(store: TaskStore, onError: (error: unknown) => void) {
  const executors = makeExecutors();
  const journal = new Journal({ store, clock: systemClock, patienceMs: 5_000, onError });
  const recovery = new Recovery({
    ...{ store, executors, journal, onError },
    clock: systemClock,
    limits: {
      leaseMs: defaultTiming.leaseMs,
      stalledAfterMs,
      startupTimeoutMs: 30_000,
      leaveMs: 10_000,
      handoverMs: 10_000,
    },
    longestStepMs: 2 * everyMs,
  });
  let sweep = Promise.resolve();
  const look = () => {
    sweep = sweep.then(() => recovery.sweep()).catch(onError);
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await sweep;
      await recovery.idle();
      await journal.flush();
      await closeAll(executors);
    },
  };
}
