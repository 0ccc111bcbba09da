import type { ContainerSettings } from "../domain/container-settings.ts";
import {
  type TcpWish,
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
  if (network === undefined) {
    const desktop = tcpOn(process.platform);
    return (store) =>
      new WorkerApiHost({ store, place, ...(desktop && { tcp: async () => desktop }) });
  }
  const tcp = async () => {
    const { findBridge } = await import("../executor/docker/find-bridge.ts");
    return await findBridge(network);
  };
  return (store) => new WorkerApiHost({ store, place, tcp });
}

/**
 * Containers of Linux are given the socket's folder. Elsewhere they run in a virtual machine, into
 * which no socket can be mounted; it knows this machine, its loopback too, by a name of its own.
 */
export function tcpOn(platform: NodeJS.Platform): TcpWish | undefined {
  if (platform === "linux") return undefined;
  return { hosts: ["127.0.0.1"], advertisedHost: "host.docker.internal" };
}
