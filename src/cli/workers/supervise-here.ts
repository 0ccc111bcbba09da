import type { Config } from "../../config/config.ts";
import type { WorkerPolicy } from "../../config/worker-policy.ts";
import { ClxError } from "../../domain/errors.ts";
import { newId } from "../../domain/ids.ts";
import { openTaskStates } from "../../domain/task-state.ts";
import { changes } from "../../library/changes.ts";
import { configuredSupervisor } from "../../library/configured-supervisor.ts";
import { closeAll, type makeExecutors, prepare } from "../../library/make-executors.ts";
import { workerApiFor } from "../../library/worker-api-for.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import type { CommandContext } from "../command.ts";
import { type LogWishes, logOn } from "../logging/log-options.ts";
import { EmptyingProgress } from "../progress/emptying-progress.ts";
import { onStopSignal } from "../stop-signals.ts";
import { countTasks } from "./count-tasks.ts";
import { printEventsFromNow } from "./event-printer.ts";
import { watchForLoss } from "./lost-database.ts";
import { speakingExecutors } from "./speaking-executors.ts";
import { warnOfLacks } from "./warn-of-lacks.ts";

export interface SuperviseParams {
  readonly pools: readonly PoolSpec[];
  readonly config: Config;
  readonly policy: WorkerPolicy;
  /** Go past what admission allows. */
  readonly force: boolean;
  /** End when no task of the pools is open any more. */
  readonly untilEmpty: boolean;
  readonly log: LogWishes;
}

/** Supervises pools until told to stop, until there is no work, or until every pool gave up. */
export async function superviseHere(
  context: CommandContext,
  params: SuperviseParams,
): Promise<number> {
  const executors = speakingExecutors(context);
  await prepare(executors, params.pools);
  const store = await context.openStore("write");
  const events = await printEventsFromNow(store, logOn(context.terminal, params.log));
  const failedBefore = await countTasks(store, params.pools, ["failed"]);
  const progress = params.untilEmpty
    ? new EmptyingProgress({ context, store, pools: params.pools })
    : undefined;
  warnOfLacks(context, { ...params, logFolder: params.policy.logFolder });
  let live = 0;
  const supervisor = new Supervisor(optionsFor(context, { ...params, store, executors }));
  const stop = listenForStop(context, supervisor, () => live);
  let stuck: string | undefined;
  const supervise = async () => {
    await supervisor.start();
    for await (const _ of changes(store, stop.signal)) {
      if ((await events.printNews()) > 0) progress?.spoke();
      live = await refuseHelpless(supervisor);
      await progress?.look();
      if (!params.untilEmpty) continue;
      if (await isEmpty(store, params.pools)) return;
      stuck = await whyStuck(store, supervisor);
      if (stuck !== undefined) return;
    }
  };
  try {
    await unlessItHangs(stop.signal, supervise());
  } finally {
    progress?.close();
    try {
      await supervisor.stop({ leavePersistent: !params.untilEmpty });
    } finally {
      await unlessItHangs(AbortSignal.abort(), events.printNews());
      stop.close();
      await closeAll(executors);
    }
  }
  if (stop.signal.reason instanceof ClxError) throw stop.signal.reason;
  if (!params.untilEmpty) return 0;
  if (stop.signal.aborted) return 130;
  if (stuck !== undefined) {
    context.terminal.note(`clx: ${stuck}`);
    return 1;
  }
  return (await countTasks(store, params.pools, ["failed"])) > failedBefore ? 1 : 0;
}

/** A store that does not answer must not keep us once we were told to stop. */
async function unlessItHangs(stop: AbortSignal, work: Promise<unknown>): Promise<void> {
  const isOver = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const onStop = () => {
    timer = setTimeout(isOver.resolve, hangsAfterMs);
  };
  if (stop.aborted) onStop();
  else stop.addEventListener("abort", onStop, { once: true });
  try {
    await Promise.race([work, isOver.promise]);
  } finally {
    stop.removeEventListener("abort", onStop);
    clearTimeout(timer);
  }
}

const hangsAfterMs = 2_000;

/** Open tasks wait for pools that were drained by hand, and nobody fills these again. */
async function whyStuck(store: TaskStore, supervisor: Supervisor): Promise<string | undefined> {
  const { pools } = await supervisor.status();
  const waiting: string[] = [];
  for (const { spec, wanted, workers } of pools) {
    const open = await countTasks(store, [spec], openTaskStates);
    if (open === 0) continue;
    if (wanted > 0 || workers.length > 0) return undefined;
    if ((await countTasks(store, [spec], ["running"])) > 0) return undefined;
    waiting.push(`pool ${spec.name} wants no workers any more, and ${open} of its tasks are open`);
  }
  if (waiting.length === 0) return undefined;
  return `${waiting.join("; ")}: its workers were drained or aborted by hand; supervise again to go on`;
}

function listenForStop(
  { terminal, database }: CommandContext,
  supervisor: Supervisor,
  countLive: () => number,
) {
  const stop = new AbortController();
  const loss = watchForLoss(database.path);
  loss.signal.addEventListener("abort", () => {
    terminal.note(`clx: the database ${database.path} is gone: ending the workers`);
    stop.abort(loss.signal.reason);
  });
  const { close } = onStopSignal((count, signal) => {
    stop.abort(signal);
    if (count > 1) {
      terminal.note(`${signal}: killing the workers now; their tasks are given back`);
      supervisor.hurry();
    } else {
      const live = countLive();
      const whom = live === 1 ? "1 worker" : `${live} workers`;
      terminal.note(`${signal}: stopping ${whom}; once more gives their tasks back now`);
    }
  });
  terminal.onOutputClosed(() => stop.abort("nobody reads our output"));
  return {
    signal: stop.signal,
    close: () => {
      loss.close();
      close();
    },
  };
}

function optionsFor(
  { database, terminal }: CommandContext,
  params: SuperviseParams & {
    readonly store: TaskStore;
    readonly executors: ReturnType<typeof makeExecutors>;
  },
): ConstructorParameters<typeof Supervisor>[0] {
  const { store, executors, pools, force, policy, untilEmpty } = params;
  const staysServed = !untilEmpty && pools.some(({ persistent }) => persistent);
  const configured = configuredSupervisor(policy, database.path);
  return {
    ...configured,
    workerApi: workerApiFor(
      database.path,
      staysServed ? "services" : { run: newId(Date.now()) },
      pools.flatMap(({ container }) => container ?? []),
    ),
    store,
    executors,
    pools,
    admission: {
      ...configured.admission,
      ...{ force, wayPast: 'start them with "clx supervise --force"' },
    },
    onError: (error) => terminal.note(`clx: ${error instanceof Error ? error.message : error}`),
  };
}

/**
 * Nobody could ask a pool anew in the foreground, so when all have given up there is no point.
 * Answers with the number of workers.
 */
async function refuseHelpless(supervisor: Supervisor): Promise<number> {
  const { pools } = await supervisor.status();
  const reasons = pools.flatMap(({ gaveUp }) => gaveUp ?? []);
  if (reasons.length < pools.length) {
    return pools.reduce((sum, { workers }) => sum + workers.length, 0);
  }
  throw new ClxError(
    "worker_start_failed",
    `no pool can keep its workers: ${reasons.join("; ")} (see "clx workers list" and their logs)`,
  );
}

async function isEmpty(store: TaskStore, pools: readonly PoolSpec[]): Promise<boolean> {
  return (await countTasks(store, pools, openTaskStates)) === 0;
}
