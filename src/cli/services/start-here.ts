import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ClxError, type ErrorCode, errorFacts } from "../../domain/errors.ts";
import type { ProcessIdentity } from "../../domain/worker.ts";
import { configuredSupervisor } from "../../library/configured-supervisor.ts";
import { makeExecutors, prepare } from "../../library/make-executors.ts";
import { buryEarlierBoot } from "../../lifecycle/services/bury-earlier-boot.ts";
import { comparePools } from "../../lifecycle/services/compare-pools.ts";
import { explainStale, findServices } from "../../lifecycle/services/find-services.ts";
import { launchServices } from "../../lifecycle/services/launch-services.ts";
import { locateDatabase } from "../../lifecycle/services/locate-database.ts";
import type {
  ReportedWorker,
  ServicesOrder,
  ServicesReport,
} from "../../lifecycle/services/services-order.ts";
import {
  isSameProcess,
  readServicesState,
  recordPool,
  type ServicesState,
} from "../../lifecycle/services/services-state.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import { siblingModule } from "../../worker/sibling-module.ts";
import type { CommandContext } from "../command.ts";
import { version } from "../version.ts";
import type { RunSetup } from "../workers/run-setup.ts";
import { projectOf, type ServicesPlace } from "./services-setup.ts";

export interface StartParams {
  readonly setup: RunSetup;
  readonly place: ServicesPlace;
  readonly pools: readonly PoolSpec[];
  /** Until the workers are ready, not only registered. */
  readonly wait: boolean;
  /** Go past memory, processor and cap. */
  readonly force: boolean;
  readonly logFormat: ServicesOrder["logFormat"];
  readonly logLevel: ServicesOrder["logLevel"];
}

export interface StartedServices {
  readonly status: "started" | "already_running";
  readonly pid: number;
  readonly logPath: string | undefined;
  readonly workers: readonly ReportedWorker[];
  /** What the configuration says now, and said not when they were started. */
  readonly changes: readonly string[];
  readonly troubles: readonly string[];
  /** What was found of services that are no more. */
  readonly notes: readonly string[];
}

/** Starts the services of a project, or finds them running. */
export async function startHere(
  context: CommandContext,
  params: StartParams,
): Promise<StartedServices> {
  const state = readServicesState(params.place.statePath);
  if (state !== undefined) refuseConflict(context, state);
  const store = await context.openStore("write");
  const [running] = await findServices({ state: sameDatabase(context, state), store });
  if (running !== undefined) return await describeRunning(context, params, { running, state });
  const buried = await buryEarlierBoot(store);
  const notes = [
    ...staleNotes(context, state),
    ...(buried > 0
      ? [`workers of before the restart that are ended now, and whose tasks run again: ${buried}`]
      : []),
  ];
  return { ...(await launch(context, params)), notes };
}

/** A supervisor that runs, and that this command could not mean. */
function refuseConflict({ database }: CommandContext, state: ServicesState): void {
  const { supervisor, database: recorded } = state;
  if (isAlive(supervisor) !== true) return;
  const located = locateDatabase(recorded, database.path);
  if (located.kind === "in_place" && located.path === resolve(database.path)) return;
  const what = {
    in_place: `with another database: ${recorded.path}`,
    moved: `and hold the database under its old path ${recorded.path}, from which it was moved to ${database.path}`,
    gone: `with a database that has been deleted, replaced or moved away: ${recorded.path}`,
  }[located.kind];
  throw new ClxError(
    "services_conflict",
    `the services of this project run already (process ${supervisor.pid}) ${what}; end them with "clx stop-services", then start them again`,
  );
}

function sameDatabase(
  { database }: CommandContext,
  state: ServicesState | undefined,
): ServicesState | undefined {
  return state?.database.path === resolve(database.path) ? state : undefined;
}

function staleNotes(context: CommandContext, state: ServicesState | undefined): string[] {
  const why = state && explainStale(state);
  if (state === undefined || why === undefined) return [];
  const other =
    sameDatabase(context, state) === undefined
      ? [
          `those services had the database ${state.database.path}; "clx stop-services --db-path ${state.database.path}" ends what is left of them`,
        ]
      : [];
  return [why, ...other];
}

async function describeRunning(
  { openStore }: CommandContext,
  { pools, wait }: StartParams,
  {
    running,
    state,
  }: { readonly running: ProcessIdentity; readonly state: ServicesState | undefined },
): Promise<StartedServices> {
  const isRecorded = state !== undefined && isSameProcess(state.supervisor, running);
  const store = await openStore("write");
  const workers = async () =>
    (await store.listWorkers({ states: ["created", "idle", "busy", "hung"] })).filter(
      ({ parent }) => parent !== undefined && isSameProcess(parent, running),
    );
  const patience = AbortSignal.timeout(wait ? (pools[0]?.startupTimeoutMs ?? 0) : 0);
  const { changes } = await import("../../library/changes.ts");
  if (wait) {
    for await (const _ of changes(store, patience)) {
      if ((await workers()).every((worker) => worker.state !== "created")) break;
    }
  }
  return {
    status: "already_running",
    pid: running.pid,
    logPath: isRecorded ? state.logPath : undefined,
    workers: (await workers()).map(({ id, type, mode, configSource = "default" }) => ({
      ...{ id, type, mode, configSource },
      adopted: false,
    })),
    changes: isRecorded ? comparePools(state.pools, pools.map(recordPool)) : [],
    troubles: [],
    notes: [],
  };
}

async function launch(
  context: CommandContext,
  params: StartParams,
): Promise<Omit<StartedServices, "notes">> {
  const { place, wait } = params;
  await prepare(makeExecutors(), params.pools);
  const troubles: string[] = [];
  let workers: readonly ReportedWorker[] = [];
  let pid = 0;
  let status: StartedServices["status"] = "started";
  const onReport = (report: ServicesReport): boolean => {
    switch (report.kind) {
      case "registered":
        ({ pid, workers } = report);
        return !wait;
      case "ready":
        ({ workers } = report);
        return true;
      case "trouble":
        troubles.push(report.message);
        return false;
      case "superfluous":
        status = "already_running";
        ({ pid } = report);
        return true;
      case "failed":
        throw new ClxError(
          isCode(report.code) ? report.code : "worker_start_failed",
          report.message,
        );
    }
  };
  await launchServices({
    order: orderOf(context, params),
    entry: fileURLToPath(siblingModule("./main", import.meta.url)),
    cwd: projectOf(place),
    environment: process.env,
    onReport,
  });
  return { status, pid, logPath: place.logPath, workers, changes: [], troubles };
}

function orderOf(
  { database }: CommandContext,
  { setup, place, pools, force, logFormat, logLevel }: StartParams,
): ServicesOrder {
  const databasePath = resolve(database.path);
  const supervisor = configuredSupervisor(setup.policy, databasePath);
  const wayPast = 'start them with "clx start-services --force"';
  const admission = { ...supervisor.admission, force, wayPast };
  return {
    clxVersion: version(),
    ...{ databasePath, pools, logLevel, logFormat },
    supervisor: { ...supervisor, admission },
    ...place,
  };
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorFacts, code);
}
