import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import type { DurabilityClass } from "../../options.ts";
import { Daemon } from "./daemon.ts";

const persistence: Record<DurabilityClass, readonly string[]> = {
  D2: ["--appendonly", "yes", "--appendfsync", "always"],
  D1: ["--appendonly", "yes", "--appendfsync", "everysec"],
};

export function redisSocketIn(folder: string): string {
  return join(folder, "redis.sock");
}

/** On a Unix socket alone, without snapshots. */
export function startRedis(folder: string, durability: DurabilityClass): Promise<Daemon> {
  const socket = redisSocketIn(folder);
  const network = ["--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"];
  const memory = ["--maxmemory-policy", "noeviction", "--save", ""];
  return Daemon.start({
    command: "redis-server",
    args: [...network, ...memory, "--dir", folder, ...persistence[durability]],
    folder,
    stopSignal: "SIGTERM",
    isReady: () => ping(socket),
  });
}

async function ping(path: string): Promise<void> {
  const socket = connect({ path });
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [answer] = await once(socket, "data");
    if (!String(answer).startsWith("+PONG")) throw new Error(`Redis says ${String(answer)}`);
  } finally {
    socket.destroy();
  }
}
