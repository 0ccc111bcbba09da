import { createHash, randomBytes } from "node:crypto";
import { ClxError } from "../domain/errors.ts";
import type { LinkSpec } from "../domain/launch.ts";
import type { NewWorker } from "../domain/worker.ts";
import type { RunningWorker, WorkerExecutor } from "../executor/executor.ts";
import type { Charge } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";
import { type PoolSpec, usesWorkerApi } from "./pool.ts";

/**
 * Registers a worker and starts it, in this order: whoever finds its process finds its row. The
 * launch token is known to the worker alone; the store keeps its hash.
 */
export async function startWorker(
  context: SupervisorContext,
  charge: Charge,
  reason: string,
): Promise<RunningWorker> {
  const { store, clock, journal, patience } = context;
  const { spec } = charge.pool;
  const executor = executorFor(context, spec);
  const launchToken = randomBytes(32).toString("hex");
  void journal.note(startingEvent(context, charge, reason));
  const link = await linkFor(context, charge);
  const worker = describeWorker(context, charge, launchToken);
  await patience.insist(() => store.registerWorker({ worker, now: clock.now() }));
  const running = await executor.start({
    launch: { ...launchOf(context, charge, launchToken), link },
    logPath: charge.logPath,
    signal: charge.startGivenUp.signal,
    ...(spec.memoryLimit !== undefined && { memoryLimit: spec.memoryLimit }),
    ...(spec.env !== undefined && { env: spec.env }),
    ...(spec.image !== undefined && { image: spec.image }),
    ...(spec.folders !== undefined && { folders: spec.folders }),
    ...(spec.container !== undefined && { container: spec.container }),
  });
  await recordProcess(context, running);
  return running;
}

/** Without it nobody could find the worker again: a worker that cannot be noted does not stay. */
async function recordProcess(context: SupervisorContext, running: RunningWorker): Promise<void> {
  const { workerId, process, ...more } = running.ref;
  if (process === undefined && Object.keys(more).length === 0) return; // a thread of ours
  const executorRef = JSON.parse(JSON.stringify(running.ref));
  const params = { workerId, executorRef, ...(process && { process }) };
  try {
    await context.patience.insist(() => context.store.recordProcess(params));
  } catch (error) {
    await running.stop({ graceMs: 0 });
    throw error;
  }
}

async function linkFor({ link, workerApi }: SupervisorContext, charge: Charge): Promise<LinkSpec> {
  if (workerApi === undefined || !usesWorkerApi(charge.pool.spec)) return link;
  return await workerApi.linkFor(charge.id);
}

function executorFor({ executors }: SupervisorContext, spec: PoolSpec): WorkerExecutor {
  const executor = executors.get(spec.mode);
  if (executor !== undefined) return executor;
  throw new ClxError(
    "invalid_value",
    `pool ${spec.name} wants execution mode ${spec.mode}; this supervisor has ${[...executors.keys()].join(", ")}`,
  );
}

function describeWorker(context: SupervisorContext, charge: Charge, token: string): NewWorker {
  const { spec } = charge.pool;
  return {
    id: charge.id,
    type: spec.type,
    queue: spec.queue,
    mode: spec.mode,
    concurrency: spec.concurrency,
    persistent: spec.persistent,
    pool: spec.name,
    parent: context.own,
    expectedMemory: spec.expectedMemory,
    logPath: charge.logPath,
    configSource: spec.configSource,
    launchTokenHash: createHash("sha256").update(token).digest("hex"),
    ...(spec.memoryLimit !== undefined && { memoryLimit: spec.memoryLimit }),
    ...(!spec.persistent && context.sessionId !== undefined && { sessionId: context.sessionId }),
  };
}

function launchOf(context: SupervisorContext, charge: Charge, launchToken: string) {
  const { spec } = charge.pool;
  return {
    workerId: charge.id,
    launchToken,
    type: spec.type,
    handler: spec.handler,
    concurrency: spec.concurrency,
    leaveWithParent: !spec.persistent,
    timing: context.timing,
    logPath: charge.logPath,
    checkpointFolder: context.checkpointFolder,
    ...(spec.settings !== undefined && { settings: spec.settings }),
    ...(spec.memoryLimit !== undefined && { memoryLimit: spec.memoryLimit }),
  };
}

function startingEvent({ sessionId }: SupervisorContext, charge: Charge, reason: string) {
  const { spec, wanted } = charge.pool;
  return {
    type: "worker_starting" as const,
    message: `${charge.id} is starting: ${reason}`,
    workerId: charge.id,
    workerType: spec.type,
    mode: spec.mode,
    ...(sessionId !== undefined && { sessionId }),
    data: {
      reason,
      pool: spec.name,
      place: charge.place,
      wanted,
      configSource: spec.configSource,
    },
  };
}
