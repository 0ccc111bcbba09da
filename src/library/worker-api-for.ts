import {
  type TcpWish,
  WorkerApiHost,
  type WorkerApiKeeper,
  workerApiPlace,
} from "../link/api/worker-api-host.ts";
import type { WorkerLinks } from "../link/worker-link.ts";
import type { TaskStore } from "../store/task-store.ts";

/** How a supervisor serves workers that cannot open its database; nothing is opened by it. */
export function workerApiFor(
  databasePath: string,
  keeper: WorkerApiKeeper,
): (store: TaskStore) => WorkerLinks {
  const place = workerApiPlace(databasePath, keeper);
  const tcp = tcpOn(process.platform);
  return (store) => new WorkerApiHost({ store, place, ...(tcp && { tcp }) });
}

/**
 * Containers of Linux are given the socket's folder. Elsewhere they run in a virtual machine, into
 * which no socket can be mounted; it knows this machine, its loopback too, by a name of its own.
 */
export function tcpOn(platform: NodeJS.Platform): TcpWish | undefined {
  if (platform === "linux") return undefined;
  return { hosts: ["127.0.0.1"], advertisedHost: "host.docker.internal" };
}
