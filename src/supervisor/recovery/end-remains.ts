import { ClxError } from "../../domain/errors.ts";
import type { NewEvent } from "../../domain/event.ts";
import type { ExecutionMode, Worker } from "../../domain/worker.ts";
import type { CleanupParams, WorkerExecutor, WorkerRef } from "../../executor/executor.ts";
import { isAlive, ownIdentity } from "../../machine/process-identity.ts";
import { followTree } from "../../machine/process-tree.ts";
import { goneEvent, signalledEvent } from "../ending-events.ts";

/**
 * Ends all that is left of a worker, its own process included.
 *
 * On this host by pid and start and by the mark that its children inherit; elsewhere, and for
 * workers that are no process of their own, as far as its executor can.
 *
 * @throws ClxError `process_not_stopped`
 */
export async function endRemains(
  worker: Worker,
  executors: ReadonlyMap<ExecutionMode, WorkerExecutor>,
  params: CleanupParams = {},
): Promise<number> {
  const byExecutor = (await executors.get(worker.mode)?.cleanup(refOf(worker), params)) ?? 0;
  return byExecutor + (await endTree(worker, params));
}

/** Asks a worker that somebody else keeps to end, kills what is left of it, and notes each step. */
export async function endStepByStep(params: {
  readonly worker: Worker;
  readonly executors: ReadonlyMap<ExecutionMode, WorkerExecutor>;
  readonly graceMs: number;
  readonly note: (event: Omit<NewEvent, "at">) => Promise<void>;
}): Promise<void> {
  const { worker, executors, graceMs, note } = params;
  const noted: Promise<void>[] = [];
  const onSignal = (signal: string, processes: number) =>
    void noted.push(note(signalledEvent(worker, signal, processes)));
  const running = isProcessOfItsOwn(worker)
    ? await executors.get(worker.mode)?.reattach(refOf(worker))
    : undefined;
  await running?.stop({ graceMs, onSignal });
  await endRemains(worker, executors, { onSignal });
  await Promise.all(noted);
  await note(goneEvent(worker));
}

/** What its executor was given to find it by, or would have been had its supervisor lived. */
export function refOf(worker: Worker): WorkerRef {
  const { id: workerId, process, executorRef } = worker;
  const known = (executorRef ?? {}) as object;
  return { ...(process && { process: { ...process } }), ...known, workerId };
}

/** Inline workers are their host's own process, which must never be ended for their sake. */
export function isProcessOfItsOwn({ process, parent, mode }: Worker): boolean {
  if (process === undefined || mode === "inline") return false;
  return process.pid !== ownIdentity().pid && process.pid !== parent?.pid;
}

async function endTree(worker: Worker, { onSignal }: CleanupParams): Promise<number> {
  const { id, process } = worker;
  if (process === undefined || !isProcessOfItsOwn(worker)) return 0;
  if (isAlive(process) === "unknown") return 0;
  const tree = followTree({ root: process, mark: `CLX_WORKER_ID=${id}` });
  const { ended, left } = await tree.end({ graceMs: 0, onSignal });
  if (left.length === 0) return ended;
  throw new ClxError(
    "process_not_stopped",
    `processes ${left.join(", ")} of worker ${id} cannot be ended: they are in uninterruptible sleep, or not ours to signal; end them by hand`,
  );
}
