import type { WaitFacts } from "../domain/explain-wait.ts";
import { isHeldBy } from "../domain/pause.ts";
import type { Task } from "../domain/task.ts";
import { isFinal } from "../domain/task-state.ts";
import type { Worker } from "../domain/worker.ts";
import { liveWorkerStates } from "../domain/worker-state.ts";
import type { TaskStore } from "../store/task-store.ts";
import { workersOfHost } from "../supervisor/host-workers.ts";
import { lookAtMachine } from "./look-at-machine.ts";
import { memoryForTask } from "./memory-for-task.ts";
import { seeMemory } from "./see-memory.ts";
import { seePools } from "./see-pools.ts";
import { troubleOf } from "./see-waiting.ts";
import { ableWorkers, mayTake, seeWorker } from "./see-workers.ts";

const poolEventsLookedAt = 1_000;

export interface WaitSources {
  readonly store: TaskStore;
  readonly now: number;
  /** Worker types that ship and that are configured. */
  readonly knownTypes: readonly string[];
}

/** Looks up in the store what `explainWait` needs to know about an open task. */
export async function gatherWaitFacts(
  { store, now, knownTypes }: WaitSources,
  task: Task,
): Promise<WaitFacts> {
  const machine = lookAtMachine();
  const live = await store.listWorkers({ states: liveWorkerStates });
  const workers = live.map((worker) => seeWorker(worker, machine, now));
  const said = await store.listPoolEvents({ limit: poolEventsLookedAt });
  const poolTrouble = troubleOf(task, seePools(said, workers, machine));
  const pause = (await store.listPauses()).find((one) => isHeldBy(task, one));
  const memory = seeMemory({ machine: machine.facts, workers: workersOfHost(live, machine.host) });
  return {
    ...{ now, knownTypes },
    openDependencies: await openDependencies(store, task),
    workers: ableWorkers(task, workers),
    tasksAhead: await tasksAhead(store, { task, workers: live, now }),
    ...memoryForTask(task, workers, memory),
    ...(pause && { pause }),
    ...(poolTrouble !== undefined && { poolTrouble }),
  };
}

async function openDependencies(store: TaskStore, task: Task): Promise<string[]> {
  if (task.state !== "blocked") return [];
  const found = await Promise.all(task.after.map((id) => store.findTask(id)));
  return found.flatMap((other) => (other && !isFinal(other.state) ? [other.id] : []));
}

/** Where only workers of its own session take it, the tasks of others do not count. */
async function tasksAhead(
  store: TaskStore,
  {
    task,
    workers,
    now,
  }: { readonly task: Task; readonly workers: readonly Worker[]; readonly now: number },
): Promise<number> {
  const { id: taskId, sessionId } = task;
  const able = workers.filter((worker) => mayTake(worker, task));
  const isApart = able.length > 0 && able.every((worker) => worker.sessionId !== undefined);
  return await store.countAhead({ taskId, now, ...(isApart && sessionId && { sessionId }) });
}
