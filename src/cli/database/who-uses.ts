import { holdersOfDatabase, holderWords } from "../../diagnosis/database-holders.ts";
import type { ProcessIdentity, Worker } from "../../domain/worker.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";

/** Who would lose a database that is deleted, one in words each; empty when nobody would. */
export async function whoUses(
  store: TaskStore | undefined,
  path: string,
  now: number,
): Promise<readonly string[]> {
  const ofStore = store === undefined ? [] : await usersInStore(store, now);
  const known = new Set(ofStore.flatMap(({ pid }) => pid ?? []));
  const others = holdersOfDatabase(path).filter(({ pid }) => !known.has(pid));
  return [
    ...ofStore.map(({ words }) => words),
    ...others.map((holder) => `${holderWords(holder)} has it open`),
  ];
}

interface User {
  readonly pid: number | undefined;
  readonly words: string;
}

async function usersInStore(store: TaskStore, now: number): Promise<User[]> {
  const workers = (await store.listWorkers({ states: liveWorkerStates }))
    .filter((worker) => mayLive(worker, now))
    .map(({ id, process }) => ({ pid: process?.pid, words: `worker ${id} runs${on(process)}` }));
  const sessions = (await store.listSessions({ open: true }))
    .filter(({ process }) => isAlive(process) === true)
    .map(({ kind, process }) => ({ pid: process.pid, words: `${kind} runs${on(process)}` }));
  return [...workers, ...sessions];
}

function on(process: ProcessIdentity | undefined): string {
  return process === undefined ? "" : ` (process ${process.pid})`;
}

/** Of another machine only its lease tells. */
function mayLive({ process, leasedUntil = 0 }: Worker, now: number): boolean {
  const alive = process === undefined ? "unknown" : isAlive(process);
  return alive === "unknown" ? leasedUntil > now : alive;
}
