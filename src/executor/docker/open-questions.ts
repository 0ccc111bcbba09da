import { Agent } from "node:http";
import type Docker from "dockerode";

/** As that of Node itself. */
const connections = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5_000 });

/** From now on we know which questions are open; those of another protocol than plain HTTP apart. */
export function heedQuestions({ modem }: Docker): void {
  const client = modem as { readonly protocol?: string; agent?: Agent };
  if (client.protocol === "http") client.agent = connections;
}

/**
 * Called when the engine hangs: what it was asked keeps no process from ending any more. An answer
 * that comes all the same is heard.
 */
export function letGoOfQuestions(): void {
  for (const sockets of Object.values(connections.sockets)) {
    for (const socket of sockets ?? []) socket.unref();
  }
}
