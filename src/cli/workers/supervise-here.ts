import type { WorkerPolicy } from "../../config/worker-policy.ts";
import { ClxError } from "../../domain/errors.ts";
import { openTaskStates, type TaskState } from "../../domain/task-state.ts";
import { changes } from "../../library/changes.ts";
import { configuredSupervisor } from "../../library/configured-supervisor.ts";
import { closeAll, makeExecutors } from "../../library/make-executors.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import type { CommandContext } from "../command.ts";
import { onStopSignal } from "../stop-signals.ts";
import type { Terminal } from "../terminal.ts";
import { printEventsFromNow } from "./event-printer.ts";

export interface SuperviseParams {
  readonly pools: readonly PoolSpec[];
  readonly policy: WorkerPolicy;
  /** Go past what admission allows. */
  readonly force: boolean;
  /** End when no task of the pools is open any more. */
  readonly untilEmpty: boolean;
}

/** Supervises pools until told to stop, until there is no work, or until every pool gave up. */
export async function superviseHere(
  context: CommandContext,
  params: SuperviseParams,
): Promise<number> {
  const store = await context.openStore("write");
  const events = await printEventsFromNow(store, context.terminal, context.verbose);
  const failedBefore = await countTasks(store, params.pools, ["failed"]);
  const executors = makeExecutors();
  const supervisor = new Supervisor(optionsFor(context, { ...params, store, executors }));
  const stop = listenForStop(context.terminal, supervisor);
  try {
    await supervisor.start();
    for await (const _ of changes(store, stop.signal)) {
      await events.printNews();
      await refuseHelpless(supervisor);
      if (params.untilEmpty && (await isEmpty(store, params.pools))) break;
    }
  } finally {
    await supervisor.stop({ leavePersistent: !params.untilEmpty });
    await events.printNews();
    stop.close();
    await closeAll(executors);
  }
  if (!params.untilEmpty) return 0;
  if (stop.signal.aborted) return 130;
  return (await countTasks(store, params.pools, ["failed"])) > failedBefore ? 1 : 0;
}

function listenForStop(terminal: Terminal, supervisor: Supervisor) {
  const stop = new AbortController();
  const { close } = onStopSignal((count, signal) => {
    stop.abort(signal);
    if (count > 1) hurryAll(supervisor).catch((error: unknown) => terminal.note(`clx: ${error}`));
    else terminal.note(`${signal}: stopping the workers; once more gives their tasks back now`);
  });
  terminal.onOutputClosed(() => stop.abort("nobody reads our output"));
  return { signal: stop.signal, close };
}

function optionsFor(
  { database, terminal }: CommandContext,
  params: SuperviseParams & {
    readonly store: TaskStore;
    readonly executors: ReturnType<typeof makeExecutors>;
  },
): ConstructorParameters<typeof Supervisor>[0] {
  const { store, executors, pools, force, policy } = params;
  const configured = configuredSupervisor(policy, database.path);
  return {
    ...configured,
    store,
    executors,
    pools,
    admission: { ...configured.admission, force },
    onError: (error) => terminal.note(`clx: ${error instanceof Error ? error.message : error}`),
  };
}

/** A second SIGTERM hurries a worker: it gives its tasks back at once. */
async function hurryAll(supervisor: Supervisor): Promise<void> {
  const { pools } = await supervisor.status();
  for (const { row } of pools.flatMap(({ workers }) => workers)) {
    if (row?.process && row.mode === "direct" && isAlive(row.process) === true) {
      process.kill(row.process.pid, "SIGTERM");
    }
  }
}

/** Nobody could ask a pool anew in the foreground, so when all have given up there is no point. */
async function refuseHelpless(supervisor: Supervisor): Promise<void> {
  const { pools } = await supervisor.status();
  const reasons = pools.flatMap(({ gaveUp }) => gaveUp ?? []);
  if (reasons.length < pools.length) return;
  throw new ClxError(
    "worker_start_failed",
    `no pool can keep its workers: ${reasons.join("; ")} (see "clx workers list" and their logs)`,
  );
}

async function isEmpty(store: TaskStore, pools: readonly PoolSpec[]): Promise<boolean> {
  return (await countTasks(store, pools, openTaskStates)) === 0;
}

async function countTasks(
  store: TaskStore,
  pools: readonly PoolSpec[],
  states: readonly TaskState[],
): Promise<number> {
  const counts = await store.countTasks({});
  return counts
    .filter(({ state }) => states.includes(state))
    .filter(({ type, queue }) => pools.some((pool) => pool.type === type && pool.queue === queue))
    .reduce((sum, { count }) => sum + count, 0);
}
