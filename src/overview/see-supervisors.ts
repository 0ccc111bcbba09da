import type { Session } from "../domain/session.ts";
import type { ProcessIdentity } from "../domain/worker.ts";
import type { SeenMachine } from "./look-at-machine.ts";
import type { PoolOverview, SeenWorker, SupervisorOverview } from "./overview.ts";

export interface SupervisorSources {
  readonly sessions: readonly Session[];
  readonly workers: readonly SeenWorker[];
  readonly pools: readonly PoolOverview[];
  readonly machine: Pick<SeenMachine, "isAlive">;
}

/** Processes that opened a session, started a live worker, or keep a pool. */
export function seeSupervisors(sources: SupervisorSources): SupervisorOverview[] {
  const { sessions, workers, pools } = sources;
  const processes = [
    ...sessions.map(({ process }) => process),
    ...workers.flatMap(({ worker }) => worker.parent ?? []),
    ...pools.map(({ supervisor }) => supervisor),
  ];
  const each = new Map(processes.map((process) => [keyOf(process), process]));
  return [...each.values()].map((process) => supervisorOf(process, sources));
}

function supervisorOf(
  process: ProcessIdentity,
  { sessions, workers, machine }: SupervisorSources,
): SupervisorOverview {
  const key = keyOf(process);
  const session = sessions.find((one) => keyOf(one.process) === key);
  const own = workers.filter(({ worker }) => worker.parent && keyOf(worker.parent) === key);
  return {
    process,
    kind: session?.kind ?? "supervisor",
    alive: machine.isAlive(process),
    ...(session !== undefined && { since: session.openedAt }),
    workers: own.length,
    persistentWorkers: own.filter(({ worker }) => worker.persistent).length,
  };
}

function keyOf({ pid, startedAt, host }: ProcessIdentity): string {
  return JSON.stringify([pid, startedAt, host]);
}
