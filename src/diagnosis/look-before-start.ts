import type { Config } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import { lookAtMachine } from "../overview/look-at-machine.ts";
import type { TaskStore } from "../store/task-store.ts";
import { workersOfHost } from "../supervisor/host-workers.ts";
import type { Check } from "./check.ts";
import { checkDisks, type DisksParams } from "./check-disk.ts";
import { checkDocker } from "./check-docker.ts";
import { checkMemory } from "./check-memory.ts";
import { checkTools } from "./check-tools.ts";
import { wantedPools } from "./wanted-pools.ts";

export interface StartingPool {
  readonly type: string;
  readonly count: number;
  readonly expectedMemory: number;
  /** Workers of it that run already are taken over, so they count. */
  readonly persistent: boolean;
}

export interface LookParams extends DisksParams {
  readonly config: Config;
  /** What is being started. */
  readonly pools: readonly StartingPool[];
  readonly shipped: readonly string[];
  readonly env: Environment;
  readonly store: Pick<TaskStore, "listWorkers">;
}

/** Whoever starts the first container says that it pulls, or why it cannot. */
function isOfPull(name: string): boolean {
  return name.startsWith("image_");
}

/** It is about what has been, not about what is started. */
const history = "oom_kills";

/**
 * What these workers will lack, so that it is said while they start and not found out by their
 * tasks. Starts no program, and waits for nothing but the Docker daemon; what cannot be looked at
 * is left to `clx doctor`.
 */
export async function lookBeforeStart(params: LookParams): Promise<readonly Check[]> {
  const parts = await Promise.allSettled([
    memoryFor(params),
    (async () => checkDisks(params))(),
    toolsFor(params),
  ]);
  return parts
    .flatMap((part) => (part.status === "fulfilled" ? part.value : []))
    .filter(({ level, name }) => level !== "ok" && name !== history && !isOfPull(name));
}

async function memoryFor({ store, pools }: LookParams): Promise<Check[]> {
  const { facts, host } = lookAtMachine();
  const live = await store.listWorkers({ states: liveWorkerStates });
  // Those of this moment are the ones that are asked about.
  const earlier = live.filter(({ parent }) => parent?.pid !== process.pid);
  const workers = workersOfHost(earlier, host);
  const wanted = pools.map(({ type, count, expectedMemory, persistent }) => {
    const others = persistent ? 0 : workers.filter((worker) => worker.type === type).length;
    return { type, count: count + others, expectedMemory };
  });
  return checkMemory({ machine: facts, workers, wanted });
}

async function toolsFor(params: LookParams): Promise<Check[]> {
  const { config, pools, shipped, env, databasePath } = params;
  const types = pools.map(({ type }) => type);
  const wanted = wantedPools(config, types).filter(({ type }) => types.includes(type));
  const contained = wanted.filter(({ wantsDocker, takesDocker }) => wantsDocker || takesDocker);
  const docker = checkDocker({ pools: contained, databasePath });
  return [...checkTools({ pools: wanted, shipped, env, quick: true }), ...(await docker)];
}
