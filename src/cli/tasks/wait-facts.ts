import type { WaitFacts } from "../../domain/explain-wait.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { lookAtMachine } from "../../overview/look-at-machine.ts";
import { seePools } from "../../overview/see-pools.ts";
import { troubleOf } from "../../overview/see-waiting.ts";
import { ableWorkers, seeWorker } from "../../overview/see-workers.ts";
import type { TaskStore } from "../../store/task-store.ts";

const pageSize = 1_000;
const pagesLookedAt = 10;

/** Looks up in the store what `explainWait` needs to know about an open task. */
export async function gatherWaitFacts(
  store: TaskStore,
  task: Task,
  now: number,
): Promise<WaitFacts> {
  const machine = lookAtMachine();
  const live = await store.listWorkers({ type: task.type, states: liveWorkerStates });
  const workers = live.map((worker) => seeWorker(worker, machine, now));
  const said = await store.listPoolEvents({ limit: pageSize });
  const poolTrouble = troubleOf(task.type, seePools(said, workers, machine));
  return {
    now,
    openDependencies: await openDependencies(store, task),
    workers: ableWorkers(task, workers),
    tasksAhead: await tasksAhead(store, task, now),
    ...(poolTrouble !== undefined && { poolTrouble }),
  };
}

async function openDependencies(store: TaskStore, task: Task): Promise<string[]> {
  if (task.state !== "blocked") return [];
  const found = await Promise.all(task.after.map((id) => store.findTask(id)));
  return found.flatMap((other) => (other && !isFinal(other.state) ? [other.id] : []));
}

async function tasksAhead(store: TaskStore, task: Task, now: number): Promise<number> {
  let ahead = 0;
  let after: string | undefined;
  for (let page = 0; page < pagesLookedAt; page++) {
    const { items, next } = await store.listTasks({
      states: ["pending"],
      type: task.type,
      queue: task.queue,
      limit: pageSize,
      ...(after !== undefined && { after }),
    });
    ahead += items.filter((other) => (other.runAt ?? 0) <= now && goesFirst(other, task)).length;
    if (next === undefined) break;
    after = next;
  }
  return ahead;
}

function goesFirst(other: Task, task: Task): boolean {
  if (other.id === task.id) return false;
  if (other.priority !== task.priority) return other.priority > task.priority;
  return other.createdAt < task.createdAt;
}
