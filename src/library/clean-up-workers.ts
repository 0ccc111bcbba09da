import { defaultTiming } from "../domain/launch.ts";
import type { Worker } from "../domain/worker.ts";
import { endedWorkerStates, isLive, liveWorkerStates } from "../domain/worker-state.ts";
import type { TaskStore } from "../store/task-store.ts";
import { systemClock } from "../supervisor/clock.ts";
import { Journal } from "../supervisor/journal.ts";
import type { SilenceLimits } from "../supervisor/judge-silence.ts";
import { silenceLimitsFor } from "../supervisor/options.ts";
import { Patience } from "../supervisor/patience.ts";
import { isProcessOfItsOwn } from "../supervisor/recovery/end-remains.ts";
import { type Judged, Recovery } from "../supervisor/recovery.ts";
import { abortHere } from "./abort-here.ts";
import { closeAll, makeExecutors } from "./make-executors.ts";

export interface CleanUpParams {
  readonly store: TaskStore;
  /** End healthy workers too. */
  readonly all: boolean;
  readonly now: () => number;
  /** What fits the timing of the workers; the default if absent. */
  readonly limits?: SilenceLimits;
}

export interface CleanedUp {
  readonly ended: readonly { readonly id: string; readonly reason: string }[];
  /** How many rows of ended workers were removed. */
  readonly removed: number;
}

/** Ends what is orphaned or hung, with its processes, gives its tasks back, and removes dead rows. */
export async function cleanUpWorkers(params: CleanUpParams): Promise<CleanedUp> {
  const { store, all, now } = params;
  const before = await store.listWorkers({ states: liveWorkerStates });
  const { errors } = await lookWith(params, async (recovery) => {
    await recovery.sweep();
    await recovery.idle();
  });
  for (const { id } of before) {
    const worker = await store.findWorker(id);
    if (!worker || !isLive(worker.state) || (worker.state !== "hung" && !all)) continue;
    await abortHere({ store, workerId: id, tasks: "requeue" });
  }
  if (errors.length > 0) throw errors[0];
  const ended = await whatEnded(store, before);
  return { ended, removed: await store.deleteWorkers({ endedBefore: now() + 1 }) };
}

/** The same, told beforehand, with nothing changed. */
export async function planCleanUp(params: CleanUpParams): Promise<CleanedUp> {
  const { seen } = await lookWith(params, (recovery) => recovery.judge());
  const ended = seen.flatMap((one) => {
    const reason = whyItWouldEnd(one, params.all);
    return reason === undefined ? [] : [{ id: one.facts.worker.id, reason }];
  });
  const dead = await params.store.listWorkers({ states: endedWorkerStates });
  return { ended, removed: dead.length + ended.length };
}

/** One look with no patience: whoever calls it wants it clean now. */
async function lookWith<T>(
  { store, limits = silenceLimitsFor(defaultTiming) }: CleanUpParams,
  look: (recovery: Recovery) => Promise<T>,
): Promise<{ readonly seen: T; readonly errors: readonly unknown[] }> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const executors = makeExecutors();
  const shared = { store, executors, clock: systemClock, onError };
  const journal = new Journal({ ...shared, patience: new Patience(5_000) });
  const recovery = new Recovery({
    ...shared,
    journal,
    limits: { ...limits, leaveMs: 0, handoverMs: 0 },
    longestStepMs: 0,
  });
  try {
    const seen = await look(recovery);
    await journal.flush();
    return { seen, errors };
  } finally {
    await closeAll(executors);
  }
}

function whyItWouldEnd({ facts: { worker }, verdict }: Judged, all: boolean): string | undefined {
  if (verdict.kind === "bury") return verdict.why;
  if (verdict.kind === "kill" && isProcessOfItsOwn(worker)) return verdict.why;
  if (worker.state === "hung" || verdict.kind === "hang") return "it does not respond";
  return all ? "all workers end" : undefined;
}

async function whatEnded(store: TaskStore, before: readonly Worker[]): Promise<CleanedUp["ended"]> {
  const rows = await Promise.all(before.map(({ id }) => store.findWorker(id)));
  return rows.flatMap((worker) =>
    worker && !isLive(worker.state)
      ? [{ id: worker.id, reason: worker.ending?.reason ?? "it left" }]
      : [],
  );
}
