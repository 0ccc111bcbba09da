import { type Config, lookUp, lookUpForType } from "../../config/config.ts";
import { describeOrigin } from "../../config/origin.ts";
import { ClxError } from "../../domain/errors.ts";
import type { NewEvent } from "../../domain/event.ts";
import { newId } from "../../domain/ids.ts";
import type { Worker } from "../../domain/worker.ts";
import type { WorkerExecutor } from "../../executor/executor.ts";
import { configuredSupervisor } from "../../library/configured-supervisor.ts";
import { workerApiFor } from "../../library/worker-api-for.ts";
import { isStarting } from "../../lifecycle/able-workers.ts";
import { RunWorkers } from "../../lifecycle/run-workers.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import type { CommandContext } from "../command.ts";
import { eventWords } from "../present/event-line.ts";
import type { RunSetup } from "./run-setup.ts";
import { warnOfLacks } from "./warn-of-lacks.ts";

export interface RunWorkersOptions {
  readonly setup: RunSetup;
  readonly store: TaskStore;
  readonly executors: ReadonlyMap<string, WorkerExecutor>;
  readonly queue: string;
  readonly sessionId?: string;
  /** Whoever asks shows by itself what the log of events says about the workers. */
  readonly followsLog: boolean;
  /** Say only what goes wrong with them. */
  readonly quiet?: boolean;
  /** Start workers although memory or processor are short; absent: the command has no such option. */
  readonly force?: boolean;
}

/** The workers of this command's run, and what is said about them on stderr. */
export function makeRunWorkers(context: CommandContext, options: RunWorkersOptions): RunWorkers {
  const { terminal, verbose, database } = context;
  const { setup, store, executors, queue, sessionId, followsLog, quiet = false, force } = options;
  const configured = configuredSupervisor(setup.policy, database.path);
  const { policy, config } = setup;
  const say = (line: string) => {
    if (!terminal.json) terminal.note(line);
  };
  return new RunWorkers({
    store,
    queue,
    poolFor: (type) => stayable(setup.poolFor(type), policy.autoStop),
    isExact: (type) => lookUpForType(config, type, "count").origin.kind === "flag",
    autoStart: { allowed: policy.autoStart, source: sourceOfAutoStart(config) },
    autoStop: policy.autoStop,
    reuse: policy.reuseWorkers,
    supervisor: {
      executors,
      ...configured,
      workerApi: workerApiFor(database.path, { run: newId(Date.now()) }, [
        {
          link: lookUp(config, "workers.docker_link").value,
          network: lookUp(config, "workers.docker_network").value,
        },
      ]),
      admission: {
        ...configured.admission,
        ...(force !== undefined && { force, wayPast: "use --force" }),
      },
      ...(sessionId !== undefined && policy.autoStop && { sessionId }),
      onError: (error) => say(`clx: ${error instanceof Error ? error.message : String(error)}`),
    },
    onUse: (type, workers) => {
      if (!quiet) say(usedWords(type, workers));
    },
    onStart: (pool) => {
      if (!quiet) say(startedWords(pool, verbose));
      warnOfLacks(context, { config, pools: [pool], logFolder: policy.logFolder });
    },
    onLack: (message) => say(`waiting for workers: ${message}`),
    onDistrust: ({ id }) => say(`worker ${id} does not take what waits for it; not counting on it`),
    onEvent: (event) => {
      const isSeenInLog = followsLog && event.workerId !== undefined;
      if (telling.has(event.type) || (verbose && !isSeenInLog)) say(eventWords(event));
    },
  });
}

/** Workers in containers that shall stay need somebody who goes on serving them. */
function stayable(pool: PoolSpec, autoStop: boolean): PoolSpec {
  if (autoStop || pool.mode !== "docker" || pool.container?.link === "database") return pool;
  throw new ClxError(
    "invalid_value",
    `${pool.type} workers in containers cannot stay when the process that serves them ends; start them with clx start-services, or set workers.docker_link = "database"`,
  );
}

/** Said without --verbose too. */
const telling: ReadonlySet<NewEvent["type"]> = new Set([
  "worker_restart_scheduled",
  "pool_gave_up",
  "admission_refused",
]);

/** A line for those that are ready, and one for those that somebody is starting. */
function usedWords(type: string, workers: readonly Worker[]): string {
  const starting = workers.filter(isStarting);
  const ready = workers.filter((worker) => !starting.includes(worker));
  const lines = [
    { are: ["runs", "run"], them: ready },
    { are: ["is being started", "are being started"], them: starting },
  ].flatMap(({ are: [is, are], them }) => {
    const ids = them.map(({ id }) => id).join(", ");
    const [plural, verb] = them.length === 1 ? ["worker", is] : ["workers", are];
    return them.length === 0
      ? []
      : [`using ${them.length} ${type} ${plural} that ${verb} already: ${ids}`];
  });
  return lines.join("\n");
}

function startedWords({ type, mode, count, configSource }: PoolSpec, verbose: boolean): string {
  const source = verbose ? `, configuration: ${configSource}` : "";
  return `starting ${count} ${type} ${count === 1 ? "worker" : "workers"} (${mode}${source})`;
}

function sourceOfAutoStart(config: Config): string {
  const { origin } = lookUp(config, "workers.auto_start");
  return origin.kind === "flag"
    ? describeOrigin(origin)
    : `auto_start = false, ${describeOrigin(origin)}`;
}
