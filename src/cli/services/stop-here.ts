import { linkOfContainer } from "../../domain/container-facts.ts";
import { openTaskStates } from "../../domain/task-state.ts";
import type { ProcessIdentity, Worker } from "../../domain/worker.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { closeAll, makeExecutors } from "../../library/make-executors.ts";
import { workerApiFor } from "../../library/worker-api-for.ts";
import { explainStale, findServices } from "../../lifecycle/services/find-services.ts";
import { type Located, locateDatabase } from "../../lifecycle/services/locate-database.ts";
import {
  readServicesState,
  removeServicesState,
  type ServicesState,
} from "../../lifecycle/services/services-state.ts";
import {
  endSupervisor,
  type StopStep,
  stopServices,
  workersToStop,
} from "../../lifecycle/services/stop-services.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { CommandContext } from "../command.ts";
import type { ServicesPlace } from "./services-setup.ts";

export interface StopParams {
  readonly place: ServicesPlace;
  /** The database that was named on the command line, if one was. */
  readonly namedDatabase: string | undefined;
  readonly timeoutMs: number;
  readonly abortGraceMs: number;
  /** Only find out what would be stopped. */
  readonly dryRun: boolean;
  readonly hurry: AbortSignal;
  readonly onStep: (step: StopStep) => void;
}

export interface StoppedServices {
  readonly database: string;
  readonly supervisors: readonly number[];
  readonly workers: readonly Worker[];
  /** Tasks that wait for workers now. */
  readonly openTasks: number;
  readonly notes: readonly string[];
}

/** Stops the services of a project, or of a database, whoever started them and from wherever. */
export async function stopHere(
  context: CommandContext,
  params: StopParams,
): Promise<StoppedServices> {
  const state = readServicesState(params.place.statePath);
  const located = locate(context, params, state);
  const isMeant = state !== undefined && isAbout(state, located);
  const notes = isMeant ? notesOn(state, located) : [];
  const stopped =
    located.kind === "gone"
      ? await stopWithoutDatabase(params, state)
      : await stopWith(params, { path: located.path, state: isMeant ? state : undefined });
  if (!params.dryRun && isMeant && isAlive(state.supervisor) !== true) {
    removeServicesState(params.place.statePath, state.supervisor);
  }
  const database = located.kind === "gone" ? located.from : located.path;
  return { ...stopped, database, notes };
}

/** A database that is named beats what the state file says, and that beats the default. */
function locate(
  { database }: CommandContext,
  { namedDatabase }: StopParams,
  state: ServicesState | undefined,
): Located {
  if (namedDatabase !== undefined) return { kind: "in_place", path: namedDatabase };
  if (state !== undefined) return locateDatabase(state.database, database.path);
  return { kind: "in_place", path: database.path };
}

function isAbout({ database }: ServicesState, located: Located): boolean {
  return located.kind !== "in_place" || located.path === database.path;
}

function notesOn(state: ServicesState, located: Located): string[] {
  const stale = explainStale(state);
  return [
    ...(stale === undefined ? [] : [stale]),
    ...(located.kind === "moved" ? [`the database was moved from ${located.from}`] : []),
    ...(located.kind === "gone"
      ? [`the database of the services has been deleted, replaced or moved away: ${located.from}`]
      : []),
  ];
}

type Stopped = Pick<StoppedServices, "supervisors" | "workers" | "openTasks">;

async function stopWith(
  params: StopParams,
  { path, state }: { readonly path: string; readonly state: ServicesState | undefined },
): Promise<Stopped> {
  const { existsSync } = await import("node:fs");
  if (!existsSync(path)) return { supervisors: [], workers: [], openTasks: 0 };
  const { openSqliteStore } = await import("../../store/sqlite/open-sqlite-store.ts");
  const store = await openSqliteStore({ path, create: false });
  const executors = makeExecutors();
  const live = await store.listWorkers({ states: liveWorkerStates });
  const containers = live.flatMap((worker) => linkOfContainer(worker) ?? []);
  const workerApi = workerApiFor(path, "services", containers)(store);
  try {
    const supervisors = await findServices({ state, store });
    const workers = params.dryRun
      ? await workersToStop({ store, supervisors })
      : await stopServices({ ...params, store, executors, supervisors, workerApi });
    return { supervisors: pidsOf(supervisors), workers, openTasks: await countOpen(store) };
  } finally {
    await workerApi.close();
    await closeAll(executors);
    await store.close();
  }
}

/** Only the supervisor knows its workers now. */
async function stopWithoutDatabase(
  { timeoutMs, abortGraceMs, dryRun, onStep }: StopParams,
  state: ServicesState | undefined,
): Promise<Stopped> {
  const supervisors = await findServices({ state, store: undefined });
  for (const supervisor of dryRun ? [] : supervisors) {
    const withinMs = timeoutMs + abortGraceMs;
    await endSupervisor(supervisor, { signals: ["SIGTERM", "SIGTERM"], withinMs });
    onStep({ kind: "supervisor_ended", pid: supervisor.pid });
  }
  return { supervisors: pidsOf(supervisors), workers: [], openTasks: 0 };
}

function pidsOf(supervisors: readonly ProcessIdentity[]): number[] {
  return supervisors.map(({ pid }) => pid);
}

async function countOpen(store: TaskStore): Promise<number> {
  const counts = await store.countTasks({});
  return counts
    .filter(({ state }) => (openTaskStates as readonly string[]).includes(state))
    .reduce((sum, { count }) => sum + count, 0);
}
