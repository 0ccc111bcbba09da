import type { Worker, WorkerUsage } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import type { WorkerAnswer } from "../schemas/worker-answer.ts";
import type { WorkerPlace } from "../workforce/workforce.ts";
import { iso } from "./task-json.ts";

/** A place in the words of spec 4, and of ours for what it does not have. */
export function placeJson(place: WorkerPlace, now: number): WorkerAnswer {
  const { worker, trouble, since } = place;
  return {
    workerId: place.name,
    pid: worker?.process?.pid ?? null,
    startTime: iso(since) ?? null,
    uptime: since === undefined ? 0 : Math.max(0, (worker?.endedAt ?? now) - since),
    restartCount: place.restarts,
    connected: place.connected,
    type: place.type,
    status: worker?.state ?? null,
    tasks: [...(worker?.taskIds ?? [])],
    tasksCompleted: worker?.tasksCompleted ?? 0,
    tasksFailed: worker?.tasksFailed ?? 0,
    ...(worker !== undefined && factsOf(worker)),
    ...(trouble !== undefined && { trouble }),
  };
}

function factsOf(worker: Worker): Partial<WorkerAnswer> {
  const { id, mode, heartbeatAt, usage, ending, state } = worker;
  return {
    storeId: id,
    mode,
    ...(heartbeatAt !== undefined && { heartbeatAt: iso(heartbeatAt) }),
    ...(usage !== undefined && isLive(state) && usageJson(usage)),
    ...(ending !== undefined && { ending }),
  };
}

function usageJson({ memory, cpuPercent }: WorkerUsage): Partial<WorkerAnswer> {
  return { memory, ...(cpuPercent !== undefined && { cpuPercent }) };
}

/** One that has ended has no place any more: it stands for itself. */
export function endedPlace(worker: Worker): WorkerPlace {
  const { id, type, registeredAt } = worker;
  return { name: id, type, worker, restarts: 0, since: registeredAt, connected: false };
}
