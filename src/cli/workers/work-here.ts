import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerSettings } from "../../config/pool-settings.ts";
import { workFolders } from "../../config/work-folders.ts";
import type { WorkerPolicy } from "../../config/worker-policy.ts";
import { newWorkerId } from "../../domain/ids.ts";
import type { LaunchDocument } from "../../domain/launch.ts";
import { span } from "../../domain/time-words.ts";
import { programOf } from "../../library/configured-pool.ts";
import { followTree } from "../../machine/process-tree.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { exitCodes } from "../../worker/exit-codes.ts";
import { runWorker } from "../../worker/run-worker.ts";
import type { CommandContext } from "../command.ts";
import type { Log } from "../logging/log.ts";
import { logTasks } from "../serve/log-tasks.ts";
import { watchForLoss } from "./lost-database.ts";
import { sweepMeanwhile } from "./sweep-meanwhile.ts";

export interface WorkParams {
  readonly settings: WorkerSettings;
  readonly policy: WorkerPolicy;
  /** Aborted: finish what runs, then leave. */
  readonly leave: AbortSignal;
  /** Aborted: give back what runs, and leave. */
  readonly hurry: AbortSignal;
  readonly log: Log;
}

const hurriedGraceMs = 1_000;

/** Makes this process a worker until it has left; answers with the exit code. */
export async function workHere(context: CommandContext, params: WorkParams): Promise<number> {
  const { policy, log } = params;
  const { type, queue, configSource } = params.settings;
  const store = await context.openStore("write");
  const launch = await register(context, params);
  // Its children inherit this, and are found by it wherever they go.
  process.env.CLX_WORKER_ID = launch.workerId;
  const crashed = new AbortController();
  const onUncaught = (error: unknown) => crashed.abort(error);
  process.on("uncaughtException", onUncaught);
  const { workerId } = launch;
  const mode = "standalone";
  log.say(
    `worker ${workerId} takes ${type} tasks of queue ${queue} (${mode}, configuration: ${configSource})`,
    { worker_id: workerId, worker_type: type, mode, config_source: configSource },
  );
  params.leave.addEventListener("abort", () => {
    store.changeWorker({ workerId: launch.workerId, event: "drain", now: Date.now() }).catch(() => {
      // Only a courtesy to those who look: the worker knows by itself that it shall leave.
    });
  });
  const onError = (error: unknown) => log.say(messageOf(error), { level: "error" });
  const left = new AbortController();
  const tasks = await logTasks({ store, log, workerId, signal: left.signal, onlyTasks: true });
  const sweeping = sweepMeanwhile({ store, policy, onError });
  const loss = watchForLoss(context.database.path);
  const hurry = AbortSignal.any([params.hurry, loss.signal]);
  hurry.addEventListener("abort", () => {
    endPrograms(workerId).catch(onError);
  });
  try {
    const code = await runWorker(launch, {
      hosting: "process",
      signal: params.leave,
      hurry,
      crashed: crashed.signal,
      say: (line) => log.say(line, { level: "warn" }),
    });
    loss.look();
    loss.signal.throwIfAborted();
    left.abort();
    await tasks.end();
    await sayHowItEnded(store, workerId, log);
    if (code === exitCodes.left) return 0;
    return code === exitCodes.unknownHandler || code === exitCodes.openFailed ? 2 : 3;
  } finally {
    process.off("uncaughtException", onUncaught);
    left.abort();
    loss.close();
    await sweeping.stop();
  }
}

/** Spec 1's REQ-8.2. */
async function sayHowItEnded(store: TaskStore, workerId: string, log: Log): Promise<void> {
  const worker = await store.findWorker(workerId);
  if (worker?.ending === undefined) return;
  const { tasksCompleted, tasksFailed, activatedAt, endedAt = Date.now(), ending } = worker;
  const tasks = tasksCompleted + tasksFailed;
  const uptime = endedAt - (activatedAt ?? endedAt);
  const counts = `${tasks} ${tasks === 1 ? "task" : "tasks"} processed, up ${span(uptime)}`;
  log.say(`worker ${workerId} has left: ${ending.reason} (${counts})`, {
    ...{ worker_id: workerId, reason: ending.reason },
    ...{ tasks_processed: tasks, uptime_ms: uptime },
  });
}

/** What its tasks have started gets a moment: by then they know that they are given back. */
async function endPrograms(workerId: string): Promise<void> {
  await sleep(hurriedGraceMs, undefined, { ref: false });
  await followTree({ mark: `CLX_WORKER_ID=${workerId}` }).end({ graceMs: 0 });
}

async function register(
  { openStore, cwd, database }: CommandContext,
  { settings, policy }: WorkParams,
): Promise<LaunchDocument> {
  const { type, queue, concurrency, expectedMemory, memoryLimit, configSource } = settings;
  const launchToken = randomBytes(32).toString("hex");
  const id = newWorkerId("standalone", type, 0);
  const limit = memoryLimit === undefined ? {} : { memoryLimit };
  const store = await openStore("write");
  await store.registerWorker({
    worker: {
      ...{ id, type, queue, concurrency, expectedMemory, ...limit },
      mode: "standalone",
      persistent: false,
      configSource,
      launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
    },
    now: Date.now(),
  });
  return {
    ...{ workerId: id, launchToken, type, concurrency, ...limit },
    ...programOf(settings, cwd),
    link: { kind: "store", path: database.path },
    leaveWithParent: false,
    timing: { ...policy.timing, stopGraceMs: Number.POSITIVE_INFINITY },
    checkpointFolder: workFolders(database.path).checkpointFolder,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
