import type { Overview } from "../../overview/overview.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { TypeProgress } from "./run-progress.ts";

/** How things stand for some worker types, whoever's tasks wait for them. */
export async function typesNow(
  store: TaskStore,
  types: readonly string[],
  now: number,
): Promise<readonly TypeProgress[]> {
  const { lookAtMachine } = await import("../../overview/look-at-machine.ts");
  const { readOverview } = await import("../../overview/read-overview.ts");
  const overview = await readOverview(store, lookAtMachine(), now);
  return types.map((type) => progressOf(type, overview));
}

function progressOf(type: string, overview: Overview): TypeProgress {
  const seen = overview.types.find((one) => one.type === type);
  const { starting = 0, idle = 0, busy = 0 } = seen?.workers ?? {};
  return {
    type,
    workers: { starting, idle, busy },
    queued: seen?.pending ?? 0,
    ...(seen?.averageMs !== undefined && { averageMs: seen.averageMs }),
  };
}
