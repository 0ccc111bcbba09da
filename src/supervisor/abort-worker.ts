import { WorkerNotFoundError } from "../domain/errors.ts";
import type { Worker } from "../domain/worker.ts";
import type { EndedWorker, TaskStore } from "../store/task-store.ts";
import type { Clock } from "./clock.ts";

/** The reason in the row of a worker that was aborted and shall not be replaced. */
export const abortedForGood = "aborted by hand";
export const abortedForNow = "aborted by hand, its tasks run again";
/** From being asked to being killed. */
export const abortGraceMs = 1_000;

export interface AbortParams {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly workerId: string;
  /** `fail`: its tasks end as aborted. `requeue`: they run again, and the attempt does not count. */
  readonly tasks: "fail" | "requeue";
  /** Ends the worker's whole tree and verifies that. */
  readonly endTree: (worker: Worker) => Promise<void>;
}

/**
 * Ends a worker now, whatever it does.
 *
 * Tasks that fail do so at once, in the same step as the worker, before its tree is ended:
 * nobody will run them again by itself, so the worker leaves its end to us when it learns of that,
 * and its programs get the same steps. Tasks that shall run again are given back only when
 * nothing of the old attempt runs any more. The event comes first, so that a supervisor of the
 * worker knows what its end means.
 */
export async function abortWorker(params: AbortParams): Promise<EndedWorker> {
  const { store, workerId, tasks, endTree } = params;
  const worker = await store.findWorker(workerId);
  if (worker === undefined) throw new WorkerNotFoundError(workerId);
  await noteAbort(params, worker);
  if (tasks === "requeue") await endTree(worker);
  const ended = await endRow(params);
  if (tasks === "fail") await endTree(worker);
  return ended;
}

function endRow({ store, clock, workerId, tasks }: AbortParams): Promise<EndedWorker> {
  return store.endWorker({
    workerId,
    event: "fail",
    ending:
      tasks === "fail" ? { reason: abortedForGood, aborted: true } : { reason: abortedForNow },
    tasks: tasks === "fail" ? { kind: "failed", failure: abortedFailure(workerId) } : released,
    now: clock.now(),
    jitter: Math.random(),
  });
}

async function noteAbort({ store, clock, tasks }: AbortParams, worker: Worker): Promise<void> {
  const reason = tasks === "fail" ? abortedForGood : abortedForNow;
  const event = {
    type: "worker_aborted" as const,
    at: clock.now(),
    message: `${worker.id} was ${reason}`,
    workerId: worker.id,
    workerType: worker.type,
    mode: worker.mode,
    data: { reason, tasks: worker.taskIds.length },
  };
  await store.appendEvents({ events: [event] });
}

const released = { kind: "released" } as const;

function abortedFailure(workerId: string) {
  const message = `worker ${workerId}, which ran it, was aborted by hand; "clx tasks retry" runs it again`;
  return { kind: "aborted", message } as const;
}
