import { ClxError } from "../domain/errors.ts";
import type { Failure } from "../domain/failure.ts";
import type { Worker } from "../domain/worker.ts";
import { isLive } from "../domain/worker-state.ts";
import type { WorkerExit } from "../executor/executor.ts";
import type { EndWorkerParams } from "../store/task-store.ts";
import type { Charge, Leaving } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";
import { explainExit } from "./explain-exit.ts";
import { readLogTail } from "./log-tail.ts";
import type { WorkerDeath } from "./restart-policy.ts";

/**
 * Ends what is left of a worker whose process has ended, and then its row.
 *
 * In this order: the tasks it held become pending with its row, and another worker takes them
 * within milliseconds, when nothing of the old attempt may run any more. A row that has ended
 * by then, by the worker itself or by somebody's abort, stays as it is.
 */
export async function buryWorker(params: {
  readonly context: SupervisorContext;
  readonly charge: Charge;
  readonly exit: WorkerExit;
  /** How many the kernel has killed for want of memory lately. */
  readonly oomKills: number;
  /** Called with its row when nothing is left of it, for its last chance to be wanted gone. */
  readonly heedOthers: (row: Worker | undefined) => Promise<void>;
}): Promise<WorkerDeath> {
  const { context, charge, exit, oomKills } = params;
  const { store, patience } = context;
  await endRemains(context, charge);
  const row = await patience.insist(() => store.findWorker(charge.id));
  await params.heedOthers(row);
  const logTail = await readLogTail(charge.logPath);
  const failure = charge.startError
    ? { kind: "worker_died" as const, message: charge.startError.message }
    : explainExit({ ...evidence(charge, row), exit, logTail, oomKills });
  if (row !== undefined && isLive(row.state)) {
    const ending = describeEnding({ context, row, exit, failure, leaving: charge.leaving });
    await patience.insist(() => store.endWorker(ending));
  }
  return deathOf({ context, charge, row, failure });
}

async function endRemains({ executors }: SupervisorContext, charge: Charge): Promise<void> {
  if (charge.running === undefined) return;
  await executors.get(charge.pool.spec.mode)?.cleanup(charge.running.ref);
}

function evidence(charge: Charge, row: Worker | undefined) {
  const peakMemory = row?.peakMemory ?? row?.usage?.memory;
  return {
    workerId: charge.id,
    wasReady: row?.activatedAt !== undefined,
    ...(peakMemory !== undefined && { peakMemory }),
    ...(row?.memoryLimit !== undefined && { memoryLimit: row.memoryLimit }),
  };
}

function describeEnding(params: {
  readonly context: SupervisorContext;
  readonly row: Worker;
  readonly exit: WorkerExit;
  readonly failure: Failure;
  readonly leaving: Leaving | undefined;
}): EndWorkerParams {
  const { context, row, exit, leaving } = params;
  const isClean = leftCleanly(row, exit, leaving);
  const failure = leaving?.failure
    ? { ...params.failure, kind: leaving.failure, message: `${row.id}: ${leaving.why}` }
    : params.failure;
  return {
    workerId: row.id,
    event: isClean ? "leave" : "fail",
    ending: {
      reason: isClean || leaving?.failure ? (leaving?.why ?? "it left") : endingReason(params),
      ...(exit.kind === "exited" && { exitCode: exit.code }),
      ...(exit.kind === "killed" && { signal: exit.signal }),
      ...(failure.logTail !== undefined && !isClean && { logTail: failure.logTail }),
    },
    tasks: givesBack(leaving) ? { kind: "released" } : { kind: "failed", failure },
    now: context.clock.now(),
    jitter: Math.random(),
  };
}

function endingReason(params: {
  readonly failure: Failure;
  readonly leaving: Leaving | undefined;
}) {
  const { failure, leaving } = params;
  return leaving === undefined ? failure.message : `${leaving.why}: ${failure.message}`;
}

/** Somebody wanted it to end, and nobody is to blame. */
function leftCleanly(row: Worker, exit: WorkerExit, leaving: Leaving | undefined): boolean {
  if (leaving?.kind === "stopped") return true;
  const isEmpty = row.taskIds.length === 0;
  const isQuiet = exit.kind === "exited" && exit.code === 0;
  return leaving?.kind === "drained" && isEmpty && (isQuiet || row.activatedAt === undefined);
}

function givesBack(leaving: Leaving | undefined): boolean {
  return leaving?.kind === "stopped" || (leaving?.kind === "aborted" && !leaving.failure);
}

function deathOf(params: {
  readonly context: SupervisorContext;
  readonly charge: Charge;
  readonly row: Worker | undefined;
  readonly failure: Failure;
}): WorkerDeath {
  const { context, charge, row, failure } = params;
  const at = context.clock.monotonic();
  const settled = (row?.tasksCompleted ?? 0) + (row?.tasksFailed ?? 0);
  const { logTail } = failure;
  return {
    at,
    livedMs: at - charge.since,
    readyMs: charge.readySince === undefined ? 0 : at - charge.readySince,
    wasUseful: settled > 0,
    heldTask: (row?.taskIds.length ?? 0) > 0,
    what: charge.leaving?.why ?? row?.ending?.reason ?? failure.message,
    ...(logTail !== undefined && { logTail }),
    isHopeless:
      row?.ending?.reason?.startsWith(handlerFailed) === true || isHopelessStart(charge.startError),
  };
}

/** It would be the same with the next one: somebody has to do something first. */
export function isHopelessStart(error: Error | undefined): boolean {
  const { cause } = error ?? {};
  return cause instanceof ClxError && hopelessCauses.has(cause.code);
}

const hopelessCauses: ReadonlySet<string> = new Set([
  "docker_unavailable",
  "docker_forbidden",
  "image_missing",
  "image_unfit",
]);

/** How a worker begins the reason of its end when its handler cannot be loaded. */
const handlerFailed = "unknown_handler: ";
