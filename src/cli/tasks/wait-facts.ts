import type { WaitFacts } from "../../domain/explain-wait.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { TaskStore } from "../../store/task-store.ts";

const pageSize = 1_000;
const pagesLookedAt = 10;

/** Looks up in the store what `explainWait` needs to know about an open task. */
export async function gatherWaitFacts(
  store: TaskStore,
  task: Task,
  now: number,
): Promise<WaitFacts> {
  const poolTrouble = await findPoolTrouble(store, task.type);
  return {
    now,
    openDependencies: await openDependencies(store, task),
    workers: await ableWorkers(store, task),
    tasksAhead: await tasksAhead(store, task, now),
    ...(poolTrouble !== undefined && { poolTrouble }),
  };
}

async function openDependencies(store: TaskStore, task: Task): Promise<string[]> {
  if (task.state !== "blocked") return [];
  const found = await Promise.all(task.after.map((id) => store.findTask(id)));
  return found.flatMap((other) => (other && !isFinal(other.state) ? [other.id] : []));
}

async function ableWorkers(store: TaskStore, task: Task): Promise<WaitFacts["workers"]> {
  const live = await store.listWorkers({ type: task.type, states: liveWorkerStates });
  const able = live.filter(
    ({ queue, sessionId }) =>
      queue === task.queue && (sessionId === undefined || sessionId === task.sessionId),
  );
  const count = (state: string) => able.filter((worker) => worker.state === state).length;
  return {
    starting: count("created"),
    idle: count("idle"),
    busy: count("busy"),
    draining: count("draining"),
    hung: count("hung"),
  };
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

/** Why the pool of this type has too few workers, if that is the last that was heard of it. */
async function findPoolTrouble(store: TaskStore, type: string): Promise<string | undefined> {
  const heard = await store.listEvents({
    after: 0,
    limit: pageSize,
    types: ["pool_gave_up", "admission_refused", "pool_started", "pool_stopped", "worker_ready"],
  });
  const last = heard.findLast(({ workerType }) => workerType === type);
  const isTrouble = last?.type === "pool_gave_up" || last?.type === "admission_refused";
  return isTrouble ? last.message : undefined;
}
