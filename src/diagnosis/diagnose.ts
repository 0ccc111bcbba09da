import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import type { DatabasePlace } from "../config/database-place.ts";
import type { Environment } from "../config/environment.ts";
import { knownTypes } from "../config/pool-settings.ts";
import type { Problem } from "../config/problem.ts";
import type { Worker } from "../domain/worker.ts";
import { endedWorkerStates, liveWorkerStates } from "../domain/worker-state.ts";
import { readServicesState } from "../lifecycle/services/services-state.ts";
import { lookAtMachine } from "../overview/look-at-machine.ts";
import { readOverview } from "../overview/read-overview.ts";
import type { TaskStore } from "../store/task-store.ts";
import { workersOfHost } from "../supervisor/host-workers.ts";
import { type Area, areas, type Check } from "./check.ts";
import { checkConfiguration } from "./check-configuration.ts";
import { checkDatabase } from "./check-database.ts";
import { checkDisks } from "./check-disk.ts";
import { checkDocker } from "./check-docker.ts";
import { checkMemory } from "./check-memory.ts";
import { checkOrphans } from "./check-orphans.ts";
import {
  checkClock,
  checkNode,
  checkPlatform,
  checkWatching,
  fileTimeIn,
  placeToTry,
} from "./check-system.ts";
import { checkTools } from "./check-tools.ts";
import { checkStateFile, checkWorkers } from "./check-workers.ts";
import { factsOf } from "./file-facts.ts";
import { wantedPools } from "./wanted-pools.ts";

export interface DiagnoseParams {
  readonly config: Config;
  readonly problems: readonly Problem[];
  readonly database: DatabasePlace;
  readonly statePath: string;
  readonly logFolder: string;
  /** Worker types that ship with this version. */
  readonly shipped: readonly string[];
  readonly env: Environment;
  readonly thorough: boolean;
  readonly now: number;
  /** Opens the store without changing it. */
  readonly openStore: () => Promise<TaskStore>;
}

/** Looks at everything. What cannot be looked at is a problem of its own, and stops no other. */
export async function diagnose(params: DiagnoseParams): Promise<readonly Check[]> {
  const ofDatabase = await guarded("database", () =>
    checkDatabase({ ...params.database, thorough: params.thorough }),
  );
  const isUsable = params.database.exists && ofDatabase.every(({ level }) => level !== "problem");
  const seen = isUsable ? await seeStore(params) : nothingSeen;
  const parts = await Promise.all([
    guarded("system", () => checkSystem(params, seen.latest)),
    guarded("configuration", () => checkConfiguration(params)),
    guarded("workers", () => seen.checks),
    guarded("workers", () => stateFileChecks(params.statePath)),
    guarded("memory", () => memoryChecks(params, seen.workers)),
    guarded("disk", () =>
      checkDisks({ databasePath: params.database.path, logFolder: params.logFolder }),
    ),
    guarded("tools", () => toolChecks(params)),
  ]);
  const checks = [...ofDatabase, ...parts.flat()];
  return areas.flatMap((area) => checks.filter((check) => check.area === area));
}

async function guarded(
  area: Area,
  look: () => readonly Check[] | Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      {
        ...{ area, name: `${area}_not_checked`, level: "problem" },
        message: `This could not be looked at: ${why}.`,
        fix: "Run it again with --verbose; if it stays, report it.",
      },
    ];
  }
}

interface SeenStore {
  readonly checks: readonly Check[];
  readonly workers: readonly Worker[];
  /** The latest time of anything that has happened. */
  readonly latest: number;
}

const nothingSeen: SeenStore = { checks: [], workers: [], latest: 0 };

async function seeStore({ openStore, config, now }: DiagnoseParams): Promise<SeenStore> {
  let store: TaskStore | undefined;
  try {
    store = await openStore();
    const machine = lookAtMachine(knownTypes(config));
    const overview = await readOverview(store, machine, now);
    const ended = await store.listWorkers({ states: endedWorkerStates });
    const workers = await store.listWorkers({ states: liveWorkerStates });
    const [newest] = (await store.listTasks({ limit: 1 })).items;
    const times = workers.flatMap(({ heartbeatAt = 0, registeredAt }) => [
      heartbeatAt,
      registeredAt,
    ]);
    return {
      checks: [...checkWorkers(overview), ...checkOrphans(ended, machine.isAlive)],
      workers,
      latest: Math.max(0, newest?.createdAt ?? 0, ...times),
    };
  } catch (error) {
    const failing = () => {
      throw error;
    };
    return { ...nothingSeen, checks: await guarded("workers", failing) };
  } finally {
    await store?.close();
  }
}

async function checkSystem({ database, now }: DiagnoseParams, latest: number): Promise<Check[]> {
  const folder = placeToTry(dirname(database.path));
  const fileTime = fileTimeIn(folder);
  return [
    checkNode(),
    ...checkPlatform(),
    await checkWatching(folder),
    checkClock({ now, latest, ...(fileTime !== undefined && { fileTime }) }),
  ];
}

function stateFileChecks(path: string): Check[] {
  const exists = existsSync(path);
  return checkStateFile({
    ...{ path, exists, state: readServicesState(path) },
    mode: factsOf(path)?.mode ?? 0,
  });
}

function memoryChecks({ config, shipped }: DiagnoseParams, workers: readonly Worker[]): Check[] {
  const { facts, host } = lookAtMachine();
  const pools = wantedPools(config, shipped);
  return checkMemory({
    machine: facts,
    workers: workersOfHost(workers, host),
    wanted: pools.flatMap(({ settings }) => settings ?? []),
  });
}

async function toolChecks({ config, shipped, env, database }: DiagnoseParams): Promise<Check[]> {
  const pools = wantedPools(config, shipped);
  const docker = checkDocker({ pools, databasePath: database.path });
  return [...checkTools({ pools, shipped, env }), ...(await docker)];
}
