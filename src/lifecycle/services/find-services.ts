import type { ProcessIdentity } from "../../domain/worker.ts";
import { isAlive, whereIs } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { isSameProcess, type ServicesState } from "./services-state.ts";

/** A supervisor of services says so by a session of this kind, which lives as long as it does. */
export const servicesKind = "services";

export interface FindParams {
  readonly state: ServicesState | undefined;
  /** Absent when there is no database to ask. */
  readonly store: TaskStore | undefined;
}

/** The supervisors of services that run here, the one of the state file first. */
export async function findServices({ state, store }: FindParams): Promise<ProcessIdentity[]> {
  const sessions = (await store?.listSessions({ open: true })) ?? [];
  const ofSessions = sessions
    .filter(({ kind }) => kind === servicesKind)
    .map(({ process }) => process);
  const all = state === undefined ? ofSessions : [state.supervisor, ...ofSessions];
  return all
    .filter((one, at) => all.findIndex((other) => isSameProcess(one, other)) === at)
    .filter((one) => isAlive(one) === true);
}

/** Why what the state file says no longer holds; `undefined` while its supervisor runs. */
export function explainStale({ supervisor }: ServicesState): string | undefined {
  const { pid, host } = supervisor;
  switch (whereIs(supervisor)) {
    case "earlier_boot":
      return `the machine has been restarted since the services were started (process ${pid})`;
    case "elsewhere":
      return `the services were started on another machine or in another container (${host.split("/")[0]}, process ${pid})`;
    case "here":
      return isAlive(supervisor) === false
        ? `the supervisor of the services, process ${pid}, was killed or has crashed`
        : undefined;
  }
}
