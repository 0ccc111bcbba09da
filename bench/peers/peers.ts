import type { Peer } from "./peer.ts";

/** Each is loaded alone, so that a worker process holds the packages of its own peer and no others. */
export const peerLoaders: Readonly<Record<string, () => Promise<Peer>>> = {
  clx: async () => (await import("./adapters/clx.ts")).clx,
  bullmq: async () => (await import("./adapters/bullmq.ts")).bullmq,
  "graphile-worker": async () => (await import("./adapters/graphile-worker.ts")).graphileWorker,
  "pg-boss": async () => (await import("./adapters/pg-boss.ts")).pgBoss,
  plainjob: async () => (await import("./adapters/plainjob.ts")).plainjob,
};

export async function loadPeer(id: string): Promise<Peer> {
  const load = peerLoaders[id];
  if (load === undefined) throw new Error(`there is no peer ${id}; ${Object.keys(peerLoaders)}`);
  return load();
}
