import type { ContainerSettings } from "../domain/container-settings.ts";
import {
  WorkerApiHost,
  type WorkerApiKeeper,
  workerApiPlace,
} from "../link/api/worker-api-host.ts";
import type { WorkerLinks } from "../link/worker-link.ts";
import type { TaskStore } from "../store/task-store.ts";

/** Of a pool or of a worker that is there already. */
export type ContainerWish = Pick<ContainerSettings, "link" | "network">;

/**
 * How a supervisor serves workers that cannot open its database; nothing is opened by it. On a
 * socket, unless containers shall reach it by TCP.
 */
export function workerApiFor(
  databasePath: string,
  keeper: WorkerApiKeeper,
  containers: readonly ContainerWish[] = [],
): (store: TaskStore) => WorkerLinks {
  const place = workerApiPlace(databasePath, keeper);
  const network = containers.find(({ link }) => link === "tcp")?.network;
  if (network === undefined) return (store) => new WorkerApiHost({ store, place });
  const tcp = async () => {
    const { findBridge } = await import("../executor/docker/find-bridge.ts");
    return await findBridge(network);
  };
  return (store) => new WorkerApiHost({ store, place, tcp });
}
