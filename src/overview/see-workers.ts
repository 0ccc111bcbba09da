import type { AbleWorkers } from "../domain/explain-wait.ts";
import type { Task } from "../domain/task.ts";
import { stalledAfterMs, type Worker } from "../domain/worker.ts";
import type { SeenMachine } from "./look-at-machine.ts";
import type { SeenWorker, WorkerCounts } from "./overview.ts";

export function seeWorker(worker: Worker, machine: SeenMachine, now: number): SeenWorker {
  return { worker, condition: conditionOf(worker, machine, now) };
}

function conditionOf(
  { state, process, heartbeatAt, registeredAt, leasedUntil }: Worker,
  { isAlive }: SeenMachine,
  now: number,
): SeenWorker["condition"] {
  if (process !== undefined && isAlive(process) === false) return "lost";
  if (now - (heartbeatAt ?? registeredAt) > stalledAfterMs) return "stalled";
  if (state === "hung") return "hung";
  return leasedUntil !== undefined && leasedUntil < now ? "silent" : "well";
}

export function countWorkers(workers: readonly SeenWorker[]): WorkerCounts {
  const count = (state: string) => workers.filter(({ worker }) => worker.state === state).length;
  return {
    starting: count("created"),
    idle: count("idle"),
    busy: count("busy"),
    draining: count("draining"),
    hung: count("hung"),
    silent: workers.filter(({ condition }) => isSilent(condition)).length,
  };
}

function isSilent(condition: SeenWorker["condition"]): boolean {
  return condition === "silent" || condition === "stalled" || condition === "lost";
}

export function mayTake(
  worker: Worker,
  { type, queue, sessionId }: Pick<Task, "type" | "queue" | "sessionId">,
): boolean {
  return (
    worker.type === type &&
    worker.queue === queue &&
    (worker.sessionId === undefined || worker.sessionId === sessionId)
  );
}

/** Those that may take a task, by what they do now; the silent count as hung. */
export function ableWorkers(
  task: Pick<Task, "type" | "queue" | "sessionId">,
  workers: readonly SeenWorker[],
): AbleWorkers {
  const able = workers.filter(({ worker }) => mayTake(worker, task));
  const silent = able.filter(({ condition }) => isSilent(condition));
  const { starting, idle, busy, draining, hung } = countWorkers(
    able.filter(({ condition }) => !isSilent(condition)),
  );
  return { starting, idle, busy, draining, hung: hung + silent.length };
}
