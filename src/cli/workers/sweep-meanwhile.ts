import type { WorkerPolicy } from "../../config/worker-policy.ts";
import { closeAll, makeExecutors } from "../../library/make-executors.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { systemClock } from "../../supervisor/clock.ts";
import { Journal } from "../../supervisor/journal.ts";
import { silenceLimitsFor } from "../../supervisor/options.ts";
import { Patience } from "../../supervisor/patience.ts";
import { Recovery } from "../../supervisor/recovery.ts";

const everyMs = 5_000;

export interface SweepParams {
  readonly store: TaskStore;
  readonly policy: WorkerPolicy;
  readonly onError: (error: unknown) => void;
}

/**
 * Puts right, now and then, what the dead have left behind (see `supervisor/recovery.ts`), so
 * that workers without any supervisor recover each other's tasks.
 */
export function sweepMeanwhile({ store, policy, onError }: SweepParams) {
  const executors = makeExecutors();
  const journal = new Journal({
    store,
    clock: systemClock,
    patience: new Patience(5_000),
    onError,
  });
  const recovery = new Recovery({
    ...{ store, executors, journal, onError },
    clock: systemClock,
    limits: silenceLimitsFor(policy.timing, { startupTimeoutMs: policy.startupTimeoutMs }),
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
