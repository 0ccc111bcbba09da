import type { Worker } from "../domain/worker.ts";
import { isAlive } from "../machine/process-identity.ts";
import type { Care } from "./care.ts";
import type { SupervisorContext } from "./context.ts";
import { freePlace } from "./free-place.ts";
import type { PoolState } from "./pool-state.ts";
import { refOf } from "./recovery/end-remains.ts";

/**
 * Takes over persistent workers that a dead supervisor of this host has left running: those
 * whose pool, type, queue and mode are one of ours. They never notice, and go on with their
 * tasks; those that nobody wants any more are drained like any other surplus.
 */
export async function adoptWorkers(params: {
  readonly context: SupervisorContext;
  readonly care: Care;
  readonly pools: readonly PoolState[];
  readonly live: readonly Worker[];
}): Promise<void> {
  const { care, pools, live } = params;
  for (const worker of live) {
    if (!worker.persistent || care.find(worker.id) || !isForsaken(worker)) continue;
    const pool = pools.find((one) => fits(one, worker));
    if (pool === undefined) continue;
    await adopt({ ...params, worker, pool }).catch(params.context.onError);
  }
}

function isForsaken({ parent }: Worker): boolean {
  return parent !== undefined && isAlive(parent) === false;
}

function fits({ spec }: PoolState, { pool, type, queue, mode }: Worker): boolean {
  return (
    spec.persistent &&
    spec.name === pool &&
    spec.type === type &&
    spec.queue === queue &&
    spec.mode === mode
  );
}

async function adopt(params: {
  readonly context: SupervisorContext;
  readonly care: Care;
  readonly worker: Worker;
  readonly pool: PoolState;
}): Promise<void> {
  const { context, care, worker, pool } = params;
  const { store, own, clock, executors, journal } = context;
  const running = await executors.get(worker.mode)?.reattach(refOf(worker));
  if (running === undefined) return;
  const adopted = await store.adoptWorker({ workerId: worker.id, parent: own, now: clock.now() });
  const charge = care.adopt({ worker, pool, place: freePlace(care, pool), running });
  care.note(charge, adopted);
  void journal.note({
    type: "worker_adopted",
    message: `${worker.id} goes on under this supervisor; process ${worker.parent?.pid}, which had started it, is gone`,
    workerId: worker.id,
    workerType: worker.type,
    mode: worker.mode,
    data: {
      reason: "its supervisor is gone",
      pool: pool.spec.name,
      tasks: worker.taskIds.length,
      configSource: pool.spec.configSource,
    },
  });
}
