import { ClxError } from "../domain/errors.ts";
import { newId } from "../domain/ids.ts";
import { isAlive, ownIdentity } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { ServeMode } from "./server-settings.ts";

export interface ServerSession {
  end(): Promise<void>;
}

/**
 * Says in the store that there is a server.
 *
 * Any number of servers may share a store, but only one of them keeps worker processes: after a
 * crash the next takes over what it left, and two could not both. The store puts those that start
 * at once in order.
 *
 * @throws ClxError `conflict` when another managed server is alive
 */
export async function openServerSession(store: TaskStore, mode: ServeMode): Promise<ServerSession> {
  const id = newId(Date.now());
  const kind = kindOf(mode);
  await store.openSession({ session: { id, kind, process: ownIdentity() }, now: Date.now() });
  const end = async () => {
    await store.endSession({ sessionId: id, reason: "the server has stopped", now: Date.now() });
  };
  if (mode !== "managed") return { end };
  const open = await store.listSessions({ open: true });
  const first = open.find((one) => one.kind === kind && isAlive(one.process) !== false);
  if (first === undefined || first.id === id) return { end };
  await end();
  throw new ClxError(
    "conflict",
    `process ${first.process.pid} serves this database in managed mode already; end it, or serve with --mode standalone, which shares its workers`,
  );
}

function kindOf(mode: ServeMode): string {
  return mode === "managed" ? "managed server" : "server";
}
