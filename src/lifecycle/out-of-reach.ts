import { type FolderGrant, reaches } from "../domain/container.ts";
import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import type { TaskStore } from "../store/task-store.ts";
import { isStarting } from "./able-workers.ts";

export interface ReachParams {
  readonly store: TaskStore;
  readonly types: ReadonlySet<string>;
  readonly queue: string;
  /** Asked only when there is a container to judge. */
  readonly folders: () => readonly FolderGrant[];
}

/**
 * Workers in containers that take anybody's tasks, and would take some whose files they do not
 * see: services see what they were granted when they were started.
 */
export async function findOutOfReach(params: ReachParams): Promise<readonly Worker[]> {
  const { folders } = params;
  const takers = await findTakers(params);
  if (takers.length === 0) return [];
  const wanted = folders();
  return takers.filter((worker) => !reaches(grantsOf(worker), wanted));
}

/** Those of them that are just being started: what they see is told once they have a container. */
export async function findUntold(params: Omit<ReachParams, "folders">): Promise<readonly Worker[]> {
  const takers = await findTakers(params);
  return takers.filter((worker) => isStarting(worker) && worker.executorRef === undefined);
}

async function findTakers({
  store,
  types,
  queue,
}: Omit<ReachParams, "folders">): Promise<readonly Worker[]> {
  const live = await store.listWorkers({ states: liveWorkerStates });
  return live.filter(
    (worker) =>
      worker.mode === "docker" &&
      worker.sessionId === undefined &&
      worker.queue === queue &&
      types.has(worker.type),
  );
}

function grantsOf({ executorRef }: Worker): readonly FolderGrant[] {
  const { folders = [] } = (executorRef ?? {}) as { readonly folders?: readonly FolderGrant[] };
  return folders;
}
