import type { Worker } from "../domain/worker.ts";
import type { TaskStore } from "../store/task-store.ts";
import { abortGraceMs, abortWorker } from "../supervisor/abort-worker.ts";
import { systemClock } from "../supervisor/clock.ts";
import { endStepByStep } from "../supervisor/recovery/end-remains.ts";
import { closeAll, makeExecutors } from "./make-executors.ts";

export interface AbortHereParams {
  readonly store: TaskStore;
  readonly workerId: string;
  readonly tasks: "fail" | "requeue";
}

/** Ends a worker and all its processes from here, whoever keeps it. */
export async function abortHere({ store, workerId, tasks }: AbortHereParams): Promise<Worker> {
  const executors = makeExecutors();
  try {
    const { worker } = await abortWorker({
      ...{ store, workerId, tasks },
      clock: systemClock,
      endTree: (worker) =>
        endStepByStep({
          ...{ worker, executors, graceMs: abortGraceMs },
          note: (event) => store.appendEvents({ events: [{ ...event, at: Date.now() }] }),
        }),
    });
    return worker;
  } finally {
    await closeAll(executors);
  }
}
