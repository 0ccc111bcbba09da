import { randomUUID } from "node:crypto";
import type { NewPeerTask, Queue, TaskPayload } from "./peer.ts";

/** About 100 bytes of JSON. */
export function newTask(more: Partial<TaskPayload> = {}, runAt?: number): NewPeerTask {
  const payload = { id: randomUUID(), body: "x".repeat(43), ...more };
  return runAt === undefined ? { payload } : { payload, runAt };
}

export async function fill(queue: Queue, count: number, until = Infinity): Promise<Set<string>> {
  const ids = new Set<string>();
  while (ids.size < count && performance.now() < until) {
    const tasks = Array.from({ length: Math.min(1_000, count - ids.size) }, () => newTask());
    await queue.addMany(tasks);
    for (const { payload } of tasks) ids.add(payload.id);
  }
  return ids;
}
