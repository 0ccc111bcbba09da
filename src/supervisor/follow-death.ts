import { span } from "../domain/time-words.ts";
import type { Charge } from "./charge.ts";
import type { SupervisorContext } from "./context.ts";
import { decideRestart, type WorkerDeath } from "./restart-policy.ts";

/** Lets the worker's place wait for the next one, or its pool give up, and says so in the log. */
export function followDeath(params: {
  readonly context: SupervisorContext;
  readonly charge: Charge;
  readonly death: WorkerDeath;
  /** The back-off is over. */
  readonly onDue: () => void;
}): void {
  const { context, charge, death, onDue } = params;
  const { pool, place, id } = charge;
  const { restart: policy, type, queue, mode, name, configSource } = pool.spec;
  const deaths = pool.recordDeath(place, death);
  const decision = decideRestart({ policy, deaths, now: context.clock.monotonic() });
  const about = { workerId: id, workerType: type, mode };
  if (decision.kind === "give_up") {
    pool.gaveUp = decision.reason;
    pool.stopWaiting();
    const message = `pool ${name} starts no more workers: ${decision.reason}`;
    const { wanted } = pool;
    const data = { reason: decision.reason, pool: name, queue, wanted, configSource };
    void context.journal.note({ type: "pool_gave_up", message, ...about, data });
    return;
  }
  const { delayMs, restarts } = decision;
  pool.wait(place, delayMs, onDue);
  const message = `${id} is replaced in ${span(delayMs)}: ${death.what}`;
  const data = { reason: death.what, pool: name, delayMs, restarts, livedMs: death.livedMs };
  void context.journal.note({ type: "worker_restart_scheduled", message, ...about, data });
}
