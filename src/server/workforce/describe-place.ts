import type { Worker } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { PoolStatus } from "../../supervisor/status.ts";
import type { WorkerPlace } from "./workforce.ts";

/** Nobody is in it, and nobody shall be: it was drained or aborted by hand. */
export function isIdlePlace({ wanted, workers, waiting }: PoolStatus): boolean {
  return wanted === 0 && workers.length === 0 && waiting === 0;
}

export function placeOfPool(pool: PoolStatus): WorkerPlace {
  const { spec, workers, restarts } = pool;
  const kept = workers.find(({ leaving }) => leaving === undefined) ?? workers[0];
  const worker = kept?.row;
  const trouble = worker === undefined ? troubleOf(pool) : undefined;
  return {
    name: spec.name,
    type: spec.type,
    restarts,
    connected: worker !== undefined && isConnected(worker),
    ...(worker !== undefined && { worker, since: worker.registeredAt }),
    ...(trouble !== undefined && { trouble }),
  };
}

export function placeOfWorker(worker: Worker): WorkerPlace {
  return {
    name: worker.id,
    type: worker.type,
    worker,
    restarts: 0,
    since: worker.registeredAt,
    connected: isConnected(worker),
  };
}

function isConnected({ state, process }: Worker): boolean {
  if (!isLive(state) || state === "created" || state === "hung") return false;
  return process !== undefined && isAlive(process) !== false;
}

function troubleOf({ gaveUp, refused, waiting, starting }: PoolStatus): string | undefined {
  if (gaveUp !== undefined) return gaveUp;
  if (refused !== undefined) return refused.message;
  if (waiting > 0) return "its worker has ended; the next one is started after a pause";
  return starting > 0 ? "its worker is being started" : "it has no worker yet";
}
