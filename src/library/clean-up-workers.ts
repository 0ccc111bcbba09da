import { defaultTiming } from "../domain/launch.ts";
import { stalledAfterMs, type Worker } from "../domain/worker.ts";
import { isLive, liveWorkerStates } from "../domain/worker-state.ts";
import type { TaskStore } from "../store/task-store.ts";
import { systemClock } from "../supervisor/clock.ts";
import { Journal } from "../supervisor/journal.ts";
import { Recovery } from "../supervisor/recovery.ts";
import { abortHere } from "./abort-here.ts";
import { closeAll, makeExecutors } from "./make-executors.ts";

export interface CleanUpParams {
  readonly store: TaskStore;
  /** End healthy workers too. */
  readonly all: boolean;
  readonly now: () => number;
}

export interface CleanedUp {
  readonly ended: readonly { readonly id: string; readonly reason: string }[];
  /** How many rows of ended workers were removed. */
  readonly removed: number;
}

/** Ends what is orphaned or hung, with its processes, gives its tasks back, and removes dead rows. */
export async function cleanUpWorkers({ store, all, now }: CleanUpParams): Promise<CleanedUp> {
  const executors = makeExecutors();
  const before = await store.listWorkers({ states: liveWorkerStates });
  const errors: unknown[] = [];
  await sweep({ store, executors, errors });
  for (const { id } of before) {
    const worker = await store.findWorker(id);
    if (!worker || !isLive(worker.state) || (worker.state !== "hung" && !all)) continue;
    await abortHere({ store, workerId: id, tasks: "requeue" });
  }
  await closeAll(executors);
  if (errors.length > 0) throw errors[0];
  const ended = await whatEnded(store, before);
  return { ended, removed: await store.deleteWorkers({ endedBefore: now() + 1 }) };
}

/** One look with no patience: whoever calls it wants it clean now. */
async function sweep(params: {
  readonly store: TaskStore;
  readonly executors: ReturnType<typeof makeExecutors>;
  readonly errors: unknown[];
}): Promise<void> {
  const onError = (error: unknown) => void params.errors.push(error);
  const journal = new Journal({ ...params, clock: systemClock, patienceMs: 5_000, onError });
  const recovery = new Recovery({
    ...params,
    clock: systemClock,
    journal,
    limits: {
      leaseMs: defaultTiming.leaseMs,
      stalledAfterMs,
      startupTimeoutMs: 30_000,
      leaveMs: 0,
      handoverMs: 0,
    },
    longestStepMs: 0,
    onError,
  });
  await recovery.sweep();
  await recovery.idle();
  await journal.flush();
}

async function whatEnded(store: TaskStore, before: readonly Worker[]): Promise<CleanedUp["ended"]> {
  const rows = await Promise.all(before.map(({ id }) => store.findWorker(id)));
  return rows.flatMap((worker) =>
    worker && !isLive(worker.state)
      ? [{ id: worker.id, reason: worker.ending?.reason ?? "it left" }]
      : [],
  );
}
