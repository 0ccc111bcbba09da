import { type FolderGrant, reaches } from "../domain/container.ts";
import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import type { TaskStore } from "../store/task-store.ts";

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
  const { store, types, queue, folders } = params;
  const live = await store.listWorkers({ states: liveWorkerStates });
  const takers = live.filter(
    (worker) =>
      worker.mode === "docker" &&
      worker.sessionId === undefined &&
      worker.queue === queue &&
      types.has(worker.type),
  );
  if (takers.length === 0) return [];
  const wanted = folders();
  return takers.filter((worker) => !reaches(grantsOf(worker), wanted));
}

function grantsOf({ executorRef }: Worker): readonly FolderGrant[] {
  const { folders = [] } = (executorRef ?? {}) as { readonly folders?: readonly FolderGrant[] };
  return folders;
}
