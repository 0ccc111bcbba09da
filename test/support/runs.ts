import type { ClxSite } from "./clx.ts";

export interface ShownTask {
  readonly state: string;
  readonly attempt: number;
  readonly result: unknown;
}

export async function tasksOf(site: ClxSite): Promise<readonly ShownTask[]> {
  const { tasks } = await site.json<{ tasks: readonly ShownTask[] }>("tasks", "list");
  return tasks;
}

/** Live workers and open sessions. */
export async function stillThere(site: ClxSite) {
  const store = await site.openStore();
  const live = await store.listWorkers({ states: ["created", "idle", "busy", "draining", "hung"] });
  const sessions = await store.listSessions({ open: true });
  return { workers: live.map(({ id }) => id), sessions: sessions.map(({ id }) => id) };
}
